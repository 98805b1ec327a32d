package io.leat.control.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.leat.control.module.LeatKinds;
import io.leat.control.module.Urn;
import io.leat.proxy.config.NearestName;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat action}: has the server carry out an action of a resource's kind on it. */
@Command(
    name = "action",
    description = "Carry out an action on a resource, such as scale or restart.",
    mixinStandardHelpOptions = true)
final class ActionCommand implements Runnable {
  private static final String RESOURCES = "/api/v1beta1/resources/";
  private static final String MODULES = "/api/v1beta1/modules?project=";
  private static final String JSON = "application/json";
  private static final String PENDING = "STATUS_PENDING";
  private static final String ERROR = "STATUS_ERROR";
  private static final long POLL_NANOS = 100_000_000;

  /** The one action of Leat's own kinds. */
  private static final String UPDATE = "update";

  /** How the resource is printed. */
  enum Output {
    TEXT,
    YAML,
    JSON
  }

  @Mixin private final ServerOption server = new ServerOption();
  @Mixin private final NamespaceOption namespace = new NamespaceOption();

  @Mixin private final Terminal terminal = new Terminal();

  @Parameters(
      index = "0",
      paramLabel = "KIND",
      description = "Kind of a module, such as firehose or process, or one of Leat's own.")
  private String kind = "";

  @Parameters(index = "1", paramLabel = "NAME", description = "The resource.")
  private String name = "";

  @Parameters(index = "2", paramLabel = "ACTION", description = "What to do.")
  private String action = "";

  @Option(
      names = "--param",
      paramLabel = "KEY=VALUE",
      description =
          "A parameter of the action; a.b=VALUE is the field b of a; may be repeated. A value is of"
              + " the type that the action wants.")
  private List<String> params = new ArrayList<>();

  @Option(
      names = "--wait",
      description = "Wait until it is done; exit code 6 when the time is up before.")
  private boolean wait;

  @Mixin private final WaitLimit limit = new WaitLimit();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text, yaml or json (default: ${DEFAULT-VALUE}).")
  private Output output = Output.TEXT;

  ActionCommand() {}

  @Override
  public void run() {
    ServerClient client = server.client();
    JsonNode modules =
        client.required(MODULES + ServerClient.encoded(namespace.name())).path("modules");
    String word = word(client, modules);
    JsonNode schema = schema(modules, word);
    ObjectNode body;
    try {
      body = ActionParams.read(params, schema);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
    String path = RESOURCES + new Urn(word, namespace.name(), name);
    ServerClient.Answer answer =
        client.send(
            "POST", path + "/actions/" + ServerClient.encoded(action), JSON, body.toString());
    JsonNode resource = answer.required().path("resource");
    if (wait) {
      resource = awaited(client, path, resource);
    }
    PrintWriter out = terminal.out();
    print(out, resource);
    out.flush();
    if (status(resource).equals(ERROR) && wait) {
      throw new CommandFailure(
          ExitCode.FAILURE,
          word + "/" + name + ": " + resource.at("/state/sync_last_error").asText());
    }
  }

  /** The kind as URNs have it: a module's, or one of Leat's own by any name of it. */
  private String word(ServerClient client, JsonNode modules) {
    List<String> known = new ArrayList<>();
    for (JsonNode module : modules) {
      if (module.path("name").asText().equals(kind)) {
        return kind;
      }
      known.add(module.path("name").asText());
    }
    if (LeatKinds.of(kind).isPresent()) {
      return kind;
    }
    for (ServedKinds.ServedKind served : new ServedKinds(client).all()) {
      if (served.isNamed(kind)) {
        var own =
            LeatKinds.all().entrySet().stream()
                .filter(each -> each.getValue().kind().equals(served.kind()))
                .filter(each -> each.getValue().apiVersion().equals(served.apiVersion()))
                .findFirst();
        if (own.isPresent()) {
          return own.get().getKey();
        }
      }
    }
    String nearest = NearestName.of(kind, known);
    throw new CommandFailure(
        ExitCode.USAGE,
        "unknown kind \""
            + kind
            + "\""
            + (nearest == null ? "" : ", did you mean " + nearest + "?")
            + " (namespace "
            + namespace.name()
            + (known.isEmpty() ? " has no modules" : " has " + String.join(", ", known))
            + ", and there are Leat's own kinds)");
  }

  /** What the params of the action have to be; without such an action the command ends. */
  private JsonNode schema(JsonNode modules, String word) {
    List<String> allowed = new ArrayList<>();
    for (JsonNode module : modules) {
      if (module.path("name").asText().equals(word)) {
        for (JsonNode each : module.path("actions")) {
          if (each.path("name").asText().equals(action)) {
            return each.path("param_schema");
          }
          allowed.add(each.path("name").asText());
        }
      }
    }
    if (allowed.isEmpty()) {
      allowed.add(UPDATE);
    }
    if (allowed.contains(action)) {
      return JsonNodeFactory.instance.objectNode();
    }
    throw new CommandFailure(
        ExitCode.VALIDATION,
        "action '"
            + action
            + "' is not valid on kind '"
            + word
            + "' (expected one of "
            + String.join(", ", allowed)
            + ")");
  }

  private JsonNode awaited(ServerClient client, String path, JsonNode first) {
    long end = System.nanoTime() + limit.time().toNanos();
    JsonNode resource = first;
    while (status(resource).equals(PENDING)) {
      if (System.nanoTime() - end >= 0) {
        throw new CommandFailure(
            ExitCode.TIMED_OUT,
            name
                + " is not done after "
                + limit.time().toSeconds()
                + " s"
                + why(resource.at("/state/sync_last_error").asText("")));
      }
      LockSupport.parkNanos(POLL_NANOS);
      ServerClient.Answer answer = client.get(path);
      if (answer.status() == 404 && action.equals("delete")) {
        return ((ObjectNode) resource.deepCopy())
            .set("state", JsonNodeFactory.instance.objectNode().put("status", "STATUS_DELETED"));
      }
      resource = answer.required().path("resource");
    }
    return resource;
  }

  private static String why(String error) {
    return error.isEmpty() ? "" : " (" + error + ")";
  }

  private static String status(JsonNode resource) {
    return resource.at("/state/status").asText();
  }

  private void print(PrintWriter out, JsonNode resource) {
    switch (output) {
      case TEXT -> {
        String status = status(resource).replaceFirst("^STATUS_", "").toLowerCase(Locale.ROOT);
        out.println(resource.path("kind").asText() + "/" + name + " " + action + ": " + status);
        resource
            .at("/state/output")
            .properties()
            .forEach(field -> out.println("  " + field.getKey() + ": " + text(field.getValue())));
      }
      case JSON -> out.println(resource.toPrettyString());
      case YAML -> {
        try {
          out.print(new YAMLMapper().writeValueAsString(resource));
        } catch (JsonProcessingException e) {
          throw new CommandFailure(ExitCode.FAILURE, e.getOriginalMessage());
        }
      }
    }
  }

  private static String text(JsonNode value) {
    return value.isValueNode() ? value.asText() : value.toString();
  }
}
