package io.leat.control.api.entropy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A module that does what its resources' configs say: {@code steps} to take, {@code plan} and
 * {@code sync} to go wrong, {@code again} to be looked at again.
 */
final class ProbeModule implements Module {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  final Queue<String> steps = new ConcurrentLinkedQueue<>();
  final Map<Urn, AtomicInteger> inside = new ConcurrentHashMap<>();
  final AtomicInteger overlaps = new AtomicInteger();
  final AtomicInteger failures = new AtomicInteger();
  volatile Hook hook = (_, _) -> {};
  private final String kind;
  private final Map<String, String> dependencies;

  /** Something that happens within a step. */
  interface Hook {
    void at(ModuleResource resource, String step) throws Exception;
  }

  ProbeModule(String kind, Map<String, String> dependencies) {
    this.kind = kind;
    this.dependencies = dependencies;
  }

  @Override
  public ModuleDescriptor descriptor() {
    JsonNode configs =
        ParamSchema.of("{'type':'object','properties':{'steps':{'type':'integer'}}}");
    JsonNode any = ParamSchema.of("{'type':'object'}");
    Map<String, Action> actions =
        Map.of(
            "create", new Action("create", "Makes one.", configs, false),
            "update", new Action("update", "Changes one.", configs, false),
            "poke", new Action("poke", "Does nothing.", any, false),
            "halt", new Action("halt", "Stops at any time.", any, true),
            "delete", new Action("delete", "Takes one down.", any, false));
    return new ModuleDescriptor(kind, actions, dependencies, true, false);
  }

  @Override
  public Planned plan(Expanded current, Asked action) throws ModuleFailure {
    JsonNode configs =
        switch (action.action()) {
          case "create", "update" -> action.params();
          default -> current.resource().configs();
        };
    switch (configs.path("plan").asText("")) {
      case "bad" -> throw ModuleFailure.badRequest("there is no such topic");
      case "broken" -> throw new IllegalStateException("the topics cannot be counted");
      default -> {
        // Goes well.
      }
    }
    JsonNode output = current.resource().state().output();
    if (action.action().equals("halt") || configs.path("at_once").asBoolean()) {
      return new Planned(configs, ResourceState.completed(output));
    }
    ObjectNode data = JSON.objectNode();
    ArrayNode pending = data.putArray("pending");
    int count = action.action().equals("delete") ? 1 : configs.path("steps").asInt(1);
    for (int i = 1; i <= count; i++) {
      pending.add(action.action() + "-" + i);
    }
    return new Planned(configs, ResourceState.pending(output, data));
  }

  @Override
  public Synced sync(Expanded current) throws Exception {
    ModuleResource resource = current.resource();
    AtomicInteger here = inside.computeIfAbsent(resource.urn(), _ -> new AtomicInteger());
    if (here.incrementAndGet() > 1) {
      overlaps.incrementAndGet();
    }
    try {
      return step(resource);
    } finally {
      here.decrementAndGet();
    }
  }

  private Synced step(ModuleResource resource) throws Exception {
    JsonNode data = resource.state().moduleData();
    List<String> pending = new ArrayList<>();
    if (data != null) {
      data.path("pending").forEach(step -> pending.add(step.asText()));
    }
    String step = pending.isEmpty() ? "again" : pending.removeFirst();
    steps.add(resource.urn().name() + " " + step);
    hook.at(resource, step);
    JsonNode configs = resource.configs();
    if (configs.path("sync").asText("").equals("bad") && step.startsWith("create")) {
      throw ModuleFailure.badRequest("the cluster takes no such thing");
    }
    if (!resource.isDeleting() && failures.get() > 0) {
      failures.decrementAndGet();
      throw new IOException("the cluster does not answer");
    }
    if (resource.isDeleting()) {
      return new Synced(ResourceState.deleted(), List.of("gone"));
    }
    ObjectNode output = JSON.objectNode().put("app", "probe-" + resource.urn().name());
    if (!pending.isEmpty()) {
      ObjectNode rest = JSON.objectNode();
      pending.forEach(rest.putArray("pending")::add);
      return new Synced(ResourceState.pending(output, rest), List.of("did " + step));
    }
    ResourceState done = ResourceState.completed(output);
    if (configs.has("again") && !step.equals("again")) {
      done = done.at(Instant.parse(configs.path("again").asText()));
    }
    return new Synced(done, List.of("did " + step));
  }
}
