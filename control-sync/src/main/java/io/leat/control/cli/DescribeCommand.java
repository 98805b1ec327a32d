package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.cli.ServedKinds.ServedKind;
import io.leat.control.cli.text.DescribeText;
import java.io.PrintWriter;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code leat describe}: all that is known of one resource, for a person. */
@Command(
    name = "describe",
    description = "Tell all about one resource: conditions, the table's entries, jobs and events.",
    mixinStandardHelpOptions = true)
final class DescribeCommand implements Runnable {
  @Mixin private final ServerOption server = new ServerOption();
  @Mixin private final NamespaceOption namespace = new NamespaceOption();

  @Mixin private final Terminal terminal = new Terminal();

  @Parameters(index = "0", paramLabel = "KIND", description = "Kind, plural or short name.")
  private String kind = "";

  @Parameters(index = "1", paramLabel = "NAME", description = "The resource.")
  private String name = "";

  DescribeCommand() {}

  @Override
  public void run() {
    ServerClient client = server.client();
    ServedKind served = new ServedKinds(client).named(kind);
    JsonNode resource = client.required(served.path(namespace.name(), name));
    JsonNode known = client.required(inspect(served, namespace.name(), name));
    String about = served.namespaced() ? namespace.name() : "default";
    JsonNode events =
        client.required(
            "/api/v1/namespaces/"
                + ServerClient.encoded(about)
                + "/events?fieldSelector="
                + ServerClient.encoded(
                    "involvedObject.kind=" + served.kind() + ",involvedObject.name=" + name));
    PrintWriter out = terminal.out();
    DescribeText.lines(resource, known, events.path("items"), Instant.now()).forEach(out::println);
    out.flush();
  }

  /** The path of what is known of a resource beside its document. */
  static String inspect(ServedKind kind, String namespace, String name) {
    return "/debug/resource?apiVersion="
        + ServerClient.encoded(kind.apiVersion())
        + "&kind="
        + ServerClient.encoded(kind.kind())
        + "&namespace="
        + ServerClient.encoded(namespace)
        + "&name="
        + ServerClient.encoded(name);
  }
}
