package io.leat.control.api.entropy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.api.plan.TableJson;
import io.leat.control.module.LeatKinds;
import io.leat.control.module.ModuleFailure;
import io.leat.control.module.ModuleFailure.Code;
import io.leat.control.plan.Planned;
import io.leat.control.plan.PlannedChange;
import io.leat.control.plan.Rehearsal;
import io.leat.control.plan.TableDiff;
import io.leat.control.plan.TableDiff.Difference;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.store.Author;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.StoreOutcome;
import io.leat.control.store.Write;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Shows what writing a resource would change in the route table; nothing is written. */
public final class TablePreview {
  private final Rehearsal rehearsal;

  /** A preview by a rehearsal. */
  public TablePreview(Rehearsal rehearsal) {
    this.rehearsal = rehearsal;
  }

  ObjectNode of(Resource changed) throws ModuleFailure {
    return of(copy -> put(changed, copy));
  }

  /** What deleting a resource would change. */
  ObjectNode without(Resource gone) throws ModuleFailure {
    Write.Delete delete = new Write.Delete(gone.key(), 0, "", Write.Propagation.BACKGROUND);
    return of(copy -> copy.delete(delete, Author.LEAT));
  }

  private ObjectNode of(Function<ResourceStore, StoreOutcome> mutation) throws ModuleFailure {
    Planned<StoreOutcome> planned;
    try {
      planned = rehearsal.of(mutation);
    } catch (CompletionException e) {
      throw new ModuleFailure(Code.INTERNAL, "plan() failed: " + e.getCause());
    }
    if (!planned.answer().succeeded()) {
      throw new ModuleFailure(Code.INTERNAL, "plan() failed: " + planned.answer());
    }
    return document(planned);
  }

  private static StoreOutcome put(Resource changed, ResourceStore copy) {
    Optional<Resource> stored = copy.read(view -> view.get(changed.key()));
    if (stored.isEmpty()) {
      return copy.create(changed);
    }
    Resource before = stored.get();
    Metadata metadata =
        before
            .metadata()
            .withLabels(changed.metadata().labels())
            .withAnnotations(changed.metadata().annotations());
    return copy.update(new Resource(before.kind(), metadata, changed.spec(), before.status()));
  }

  private static ObjectNode document(Planned<?> planned) {
    ObjectNode table = JsonNodeFactory.instance.objectNode();
    TableDiff diff = planned.table();
    names(table, "changed_hosts", diff.hosts(), Difference::after, host -> host.host());
    names(table, "removed_hosts", diff.hosts(), TablePreview::removed, host -> host.host());
    names(table, "changed_revisions", diff.revisions(), Difference::after, one -> one.id());
    names(table, "removed_revisions", diff.revisions(), TablePreview::removed, one -> one.id());
    ArrayNode changes = table.putArray("resources");
    for (PlannedChange change : planned.changes()) {
      changes
          .addObject()
          .put("urn", LeatKinds.urn(change.resource()).toString())
          .put("change", change.type().name().toLowerCase(Locale.ROOT));
    }
    table.set("diff", TableJson.of(diff));
    return table;
  }

  private static <T> @Nullable T removed(Difference<T> difference) {
    return difference.after() == null ? difference.before() : null;
  }

  /** The names of those that the side has. */
  private static <T> void names(
      ObjectNode into,
      String field,
      List<Difference<T>> differences,
      Function<Difference<T>, @Nullable T> side,
      Function<T, Object> name) {
    ArrayNode names = into.putArray(field);
    for (Difference<T> difference : differences) {
      @Nullable T part = side.apply(difference);
      if (part != null) {
        names.add(name.apply(part).toString());
      }
    }
  }
}
