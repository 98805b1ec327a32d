package io.leat.control.api.inspect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.eventing.topology.EventGraph;
import io.leat.control.eventing.topology.FindingJson;
import io.leat.control.eventing.topology.Topologies;
import io.leat.control.eventing.topology.TopologyCheck;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.manifest.output.StatusJson;
import io.leat.control.module.ModuleStore;
import io.leat.control.plan.TableText;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Status;
import io.leat.control.store.HistoryEntry;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.jobs.Job;
import io.leat.control.store.jobs.JobStore;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import io.leat.proxy.admin.AdminRoutes;
import io.leat.proxy.table.VirtualHost;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /debug/resource?apiVersion=&kind=&namespace=&name=}: the history of a
 * resource, its last jobs, and the entries of the live table that it has brought about.
 *
 * <p>{@code history} has version, generation, time, who, reason and spec of each write that changed
 * the spec, oldest first; {@code jobs} the last ten whose key is {@code Kind namespace/name}, or
 * the URN of a module's resource; {@code table} a host with its rules each. {@code GET
 * /debug/topology} answers what is wrong with the graph of events: how many {@code channels},
 * {@code subscriptions} and {@code sources} were judged, and {@code findings}. Used by any thread.
 */
public final class InspectApi {
  private static final int MAX_JOBS = 10;
  private static final int WAIT_SECONDS = 30;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ResourceStore store;
  private final JobStore jobs;
  private final Function<ResourceKey, CompletableFuture<List<VirtualHost>>> table;

  /**
   * The API over a store.
   *
   * @param table gives the part of the live table that a resource has brought about
   */
  public InspectApi(
      ResourceStore store,
      JobStore jobs,
      Function<ResourceKey, CompletableFuture<List<VirtualHost>>> table) {
    this.store = store;
    this.jobs = jobs;
    this.table = table;
  }

  /** Adds the routes. */
  public void addTo(AdminRoutes routes) {
    routes.at("GET", "/debug/resource", this::inspect);
    routes.at("GET", "/debug/topology", this::topology);
  }

  private AdminResponse inspect(AdminRequest request) {
    String name = request.parameter("name");
    Optional<Kind> kind =
        Kind.of(orEmpty(request.parameter("apiVersion")), orEmpty(request.parameter("kind")));
    if (kind.isEmpty() || name == null) {
      String message = "apiVersion and kind of a served kind, and name, are required";
      return AdminResponse.json(400, StatusJson.failure(400, "BadRequest", message).toString());
    }
    String namespace = kind.get().isNamespaced() ? orEmpty(request.parameter("namespace")) : "";
    ResourceKey key = new ResourceKey(kind.get(), namespace, name);
    Optional<Resource> found = store.read(view -> view.get(key));
    if (found.isEmpty()) {
      String message = kind.get().resource() + " \"" + name + "\" not found";
      return AdminResponse.json(404, StatusJson.failure(404, "NotFound", message).toString());
    }
    return AdminResponse.json(200, document(found.get()).toString());
  }

  private AdminResponse topology(AdminRequest request) {
    EventGraph graph = store.read(Topologies::of);
    ObjectNode root = JSON.objectNode().put("channels", graph.channels().size());
    root.put("subscriptions", graph.subscriptions().size()).put("sources", graph.sources().size());
    root.set("findings", FindingJson.array(TopologyCheck.findings(graph)));
    return AdminResponse.json(200, root.toString());
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private ObjectNode document(Resource resource) {
    ResourceKey key = resource.key();
    ObjectNode root = JSON.objectNode();
    ArrayNode history = root.putArray("history");
    store.history(key).forEach(entry -> history.add(entry(key, entry)));
    ArrayNode work = root.putArray("jobs");
    List<Job> all = jobs.ofKey(jobKey(resource));
    all.subList(Math.max(0, all.size() - MAX_JOBS), all.size()).forEach(job -> work.add(job(job)));
    ArrayNode hosts = root.putArray("table");
    for (VirtualHost host : table.apply(key).orTimeout(WAIT_SECONDS, TimeUnit.SECONDS).join()) {
      ArrayNode rules = hosts.addObject().put("host", host.host()).putArray("rules");
      host.entries().forEach(entry -> rules.add(TableText.entry(entry)));
    }
    return root;
  }

  /** Jobs of a module are about the URN. */
  private static String jobKey(Resource resource) {
    return resource.kind() == Kind.MODULE_RESOURCE
        ? ModuleStore.urn(resource).toString()
        : resource.key().toString();
  }

  private static ObjectNode entry(ResourceKey key, HistoryEntry entry) {
    ObjectNode node = JSON.objectNode().put("version", entry.version());
    node.put("generation", entry.generation()).put("time", entry.time().toString());
    node.put("who", entry.who()).put("reason", entry.reason());
    Resource then =
        new Resource(
            key.kind(), Metadata.of(key.namespace(), key.name()), entry.spec(), Status.EMPTY);
    ObjectNode spec = ResourceJson.tree(then);
    spec.remove(List.of("apiVersion", "kind", "metadata"));
    node.set("spec", spec.has("spec") ? spec.get("spec") : spec);
    return node;
  }

  private static ObjectNode job(Job job) {
    ObjectNode node = JSON.objectNode().put("id", job.id()).put("kind", job.kind());
    node.put("step", job.step()).put("state", job.state().name()).put("attempts", job.attempts());
    node.put("lastError", job.lastError()).put("created", job.created().toString());
    Instant finished = job.finished();
    return finished == null ? node : node.put("finished", finished.toString());
  }
}
