package io.leat.control.module.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.module.Module;
import io.leat.control.module.ModuleDescriptor;
import io.leat.control.module.ModuleDescriptor.Action;
import io.leat.control.module.ModuleFailure;
import io.leat.control.module.ModuleResource;
import io.leat.control.module.ResourceState;
import io.leat.control.module.Urn;
import io.leat.control.module.schema.ParamSchema;
import io.leat.control.runtime.InstanceTemplate;
import io.leat.control.runtime.RuntimeObservation;
import io.leat.control.runtime.RuntimeObservation.Instance;
import io.leat.proxy.table.RevisionId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs a program of this machine in as many instances as wanted, each with a port of its own in
 * {@code PORT}, and starts one that ends again.
 *
 * <p>Used by any thread; the runtime has a thread of its own.
 */
public final class ProcessModule implements Module {
  /** The kind of its resources. */
  public static final String KIND = "process";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Duration POLL = Duration.ofMillis(500);

  /** Failures in a row after which a start has failed. */
  private static final int ENOUGH = 3;

  private static final String STOP = "stop";
  private static final String START = "start";
  private static final String READY = "ready";

  private final ProcessRuntime runtime;
  private final InstantSource clock;
  private final Path directory;

  /**
   * A module over a runtime.
   *
   * @param directory what relative working directories are relative to
   */
  public ProcessModule(ProcessRuntime runtime, InstantSource clock, Path directory) {
    this.runtime = runtime;
    this.clock = clock;
    this.directory = directory;
  }

  @Override
  public ModuleDescriptor descriptor() {
    JsonNode none = ParamSchema.of("{'type':'object'}");
    JsonNode scale =
        ParamSchema.of(
            "{'type':'object','required':['replicas'],'properties':"
                + "{'replicas':{'type':'integer','minimum':0,'maximum':32}}}");
    return ModuleDescriptor.of(
        KIND,
        true,
        true,
        List.of(
            new Action("create", "Starts the program.", ProcessConfig.SCHEMA, false),
            new Action("update", "Starts it anew with other configs.", ProcessConfig.SCHEMA, false),
            new Action("scale", "Runs another number of instances.", scale, false),
            new Action("start", "Starts what was stopped.", none, false),
            new Action("stop", "Stops every instance, also while they start.", none, true),
            new Action("restart", "Stops every instance and starts it again.", none, false),
            new Action("delete", "Stops every instance for good.", none, false)));
  }

  @Override
  public Planned plan(Expanded current, Asked action) throws ModuleFailure {
    ProcessConfig before = new ProcessConfig(current.resource().configs());
    ProcessConfig after =
        switch (action.action()) {
          case "create", "update" -> new ProcessConfig(action.params());
          case "scale" -> before.with("replicas", action.params().path("replicas"));
          case "start" -> before.with("stopped", BooleanNode.FALSE);
          case "stop" -> before.with("stopped", BooleanNode.TRUE);
          default -> before;
        };
    after.check();
    List<String> steps =
        switch (action.action()) {
          case "create", "scale", "start" -> List.of(START, READY);
          case "stop", "delete" -> List.of(STOP);
          default -> List.of(STOP, START, READY);
        };
    if (action.action().equals("restart") && after.stopped()) {
      throw ModuleFailure.badRequest("it is stopped: start it");
    }
    return new Planned(
        after.json(), ResourceState.pending(current.resource().state().output(), data(steps)));
  }

  private static ObjectNode data(List<String> steps) {
    ObjectNode data = JSON.objectNode();
    ArrayNode pending = data.putArray("pending");
    steps.forEach(pending::add);
    return data;
  }

  @Override
  public Synced sync(Expanded current) throws ModuleFailure {
    ModuleResource resource = current.resource();
    ProcessConfig config = new ProcessConfig(resource.configs());
    List<String> steps = new ArrayList<>();
    JsonNode data = resource.state().moduleData();
    if (data == null) {
      // It was complete, and lives again with this process.
      ensure(resource, config);
      return Synced.silent(ResourceState.completed(output(resource)));
    }
    data.path("pending").forEach(step -> steps.add(step.asText()));
    String step = steps.isEmpty() ? "" : steps.getFirst();
    String said =
        switch (step) {
          case STOP -> stop(resource);
          case START -> start(resource, config);
          case READY -> ready(resource, config);
          default -> "nothing is left to do";
        };
    if (said.isEmpty()) {
      return Synced.silent(
          ResourceState.pending(resource.state().output(), data).at(clock.instant().plus(POLL)));
    }
    List<String> rest = steps.isEmpty() ? steps : steps.subList(1, steps.size());
    if (!rest.isEmpty()) {
      return new Synced(
          ResourceState.pending(resource.state().output(), data(rest)), List.of(said));
    }
    ResourceState end =
        resource.isDeleting() ? ResourceState.deleted() : ResourceState.completed(output(resource));
    return new Synced(end, List.of(said));
  }

  private static RevisionId id(Urn urn) {
    return new RevisionId(urn.project(), urn.name());
  }

  private void ensure(ModuleResource resource, ProcessConfig config) {
    InstanceTemplate template = config.template(resource.urn(), directory);
    runtime.ensure(resource.urn(), id(resource.urn()), template, config.wanted());
  }

  /** What was done; empty while it is still to come. */
  private String stop(ModuleResource resource) {
    RevisionId id = id(resource.urn());
    runtime.remove(resource.urn(), id);
    return runtime.observe(id).instances().isEmpty() ? "every instance has ended" : "";
  }

  private String start(ModuleResource resource, ProcessConfig config) {
    ensure(resource, config);
    return "starting " + config.wanted() + " instances of " + config.json().path("command");
  }

  private String ready(ModuleResource resource, ProcessConfig config) throws ModuleFailure {
    RevisionId id = id(resource.urn());
    RuntimeObservation seen = runtime.observe(id);
    RuntimeObservation.Failure failure = seen.failure();
    if (failure != null && failure.attempts() >= ENOUGH) {
      runtime.remove(resource.urn(), id);
      String last = String.join("\n", failure.lastLines());
      throw ModuleFailure.badRequest(
          failure.message() + (last.isEmpty() ? "" : "; its last lines: " + last));
    }
    int wanted = config.wanted();
    boolean settled = seen.instances().size() == wanted && ready(seen) == wanted;
    if (!settled) {
      // A worker that went on after a crash finds a runtime that knows of nothing.
      ensure(resource, config);
      return "";
    }
    return wanted + " instances are ready";
  }

  private static int ready(RuntimeObservation seen) {
    return (int)
        seen.instances().stream()
            .filter(instance -> instance.state() == Instance.State.READY)
            .count();
  }

  @Override
  public JsonNode output(ModuleResource resource) {
    RevisionId id = id(resource.urn());
    RuntimeObservation seen = runtime.observe(id);
    ObjectNode output = JSON.objectNode();
    output.put("desired", new ProcessConfig(resource.configs()).wanted());
    output.put("ready", ready(seen));
    ArrayNode instances = output.putArray("instances");
    for (Instance instance : seen.instances()) {
      instances
          .addObject()
          .put("name", instance.name())
          .put("address", instance.host() + ":" + instance.port())
          .put("state", instance.state().name().toLowerCase(Locale.ROOT));
    }
    RuntimeObservation.Failure failure = seen.failure();
    output.put("failure", failure == null ? "" : failure.message());
    output.put("log", runtime.logFile(id).toString());
    return output;
  }
}
