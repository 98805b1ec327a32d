package io.leat.control.api.entropy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.Preview;
import io.leat.control.module.LeatKinds;
import io.leat.control.module.ModuleFailure;
import io.leat.control.module.ModuleFailure.Code;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.Labels;
import io.leat.control.store.ResourceStore;
import io.leat.proxy.table.TableUpdate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Shows what writing a resource would change in the route table; nothing is written. */
public final class TablePreview {
  private static final int SECONDS = 20;

  private final ResourceStore store;
  private final Function<List<Resource>, CompletableFuture<Preview>> rehearse;

  /**
   * A preview over a rehearsal.
   *
   * @param rehearse applies manifests, all that come from files, to a copy of everything
   */
  public TablePreview(
      ResourceStore store, Function<List<Resource>, CompletableFuture<Preview>> rehearse) {
    this.store = store;
    this.rehearse = rehearse;
  }

  ObjectNode of(Resource changed) throws ModuleFailure {
    Map<ResourceKey, Resource> manifests = new LinkedHashMap<>();
    for (Kind kind : Kind.values()) {
      for (Resource stored : store.<List<Resource>>read(view -> view.list(kind))) {
        if (stored.metadata().annotations().containsKey(Labels.SOURCE)) {
          manifests.put(stored.key(), stored);
        }
      }
    }
    manifests.put(changed.key(), changed);
    Preview preview = preview(List.copyOf(manifests.values()));
    if (!preview.problems().isEmpty()) {
      throw ModuleFailure.badRequest(preview.problems().getFirst().message());
    }
    return document(preview);
  }

  private Preview preview(List<Resource> manifests) throws ModuleFailure {
    try {
      return rehearse.apply(manifests).get(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ModuleFailure(Code.INTERNAL, "plan() failed: interrupted");
    } catch (ExecutionException | TimeoutException e) {
      throw new ModuleFailure(Code.INTERNAL, "plan() failed: " + e.getMessage());
    }
  }

  private static ObjectNode document(Preview preview) {
    TableUpdate.Delta delta = preview.table();
    ObjectNode table = JsonNodeFactory.instance.objectNode();
    table.put("base", delta.fromVersion()).put("next", delta.version());
    ArrayNode hosts = table.putArray("changed_hosts");
    delta.putHosts().forEach(host -> hosts.add(host.host()));
    ArrayNode goneHosts = table.putArray("removed_hosts");
    delta.removedHosts().stream().sorted().forEach(goneHosts::add);
    ArrayNode revisions = table.putArray("changed_revisions");
    delta.putRevisions().forEach(revision -> revisions.add(revision.id().toString()));
    ArrayNode goneRevisions = table.putArray("removed_revisions");
    delta.removedRevisions().forEach(revision -> goneRevisions.add(revision.toString()));
    ArrayNode changes = table.putArray("resources");
    for (ChangeEvent change : preview.changes()) {
      changes
          .addObject()
          .put("urn", LeatKinds.urn(change.resource()).toString())
          .put("change", change.type().name().toLowerCase(java.util.Locale.ROOT));
    }
    return table;
  }
}
