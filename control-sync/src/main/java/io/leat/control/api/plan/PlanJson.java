package io.leat.control.api.plan;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.eventing.topology.FindingJson;
import io.leat.control.eventing.topology.TopologyChange;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.plan.ChannelText;
import io.leat.control.plan.Planned;
import io.leat.control.plan.PlannedChange;
import io.leat.control.plan.TableDiff;
import io.leat.control.plan.TableText;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.VirtualHost;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes a plan as JSON, in the shape that {@link PlanApi} describes. */
final class PlanJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private PlanJson() {}

  static ObjectNode of(Planned<TopologyChange<List<Outcome>>> planned) {
    ObjectNode root = JSON.objectNode();
    root.put("settled", planned.settled());
    ArrayNode problems = root.putArray("problems");
    TreeSet<ResourceKey> unchanged = new TreeSet<>();
    for (Outcome outcome : planned.answer().answer()) {
      if (outcome.refusal() != null) {
        ObjectNode problem = problems.addObject().put("document", outcome.document());
        problem.set("status", outcome.refusal());
      } else if (outcome.key() != null) {
        unchanged.add(outcome.key());
      }
    }
    ArrayNode changes = root.putArray("changes");
    for (PlannedChange change : planned.changes()) {
      unchanged.remove(change.resource().key());
      changes.add(change(change));
    }
    unchanged.forEach(key -> changes.add(named(key).put("action", "unchanged").put("by", "you")));
    root.set("table", table(planned.table()));
    root.set("warnings", FindingJson.array(planned.answer().findings()));
    return root;
  }

  private static ObjectNode change(PlannedChange change) {
    String action =
        switch (change.type()) {
          case CREATED -> "created";
          case UPDATED -> "configured";
          case DELETED -> "deleted";
        };
    ObjectNode node = named(change.resource().key());
    node.put("action", action).put("by", change.asked() ? "you" : "leat");
    if (change.before() != null && change.after() != null) {
      FieldDiff fields = new FieldDiff(node.putArray("fields"));
      fields.compare("", wish(change.before()), wish(change.after()));
    }
    return node;
  }

  /** What users read and write of a resource, without what follows from every write. */
  private static ObjectNode wish(Resource resource) {
    ObjectNode tree = ResourceJson.tree(resource);
    tree.remove("status");
    tree.withObjectProperty("metadata")
        .retain("labels", "annotations", "finalizers", "ownerReferences", "deletionTimestamp");
    return tree;
  }

  private static ObjectNode named(ResourceKey key) {
    ObjectNode node = JSON.objectNode();
    String kind = key.kind().kind().toLowerCase(Locale.ROOT);
    String group = key.kind().group();
    node.put("resource", kind + (group.isEmpty() ? "" : "." + group) + "/" + key.name());
    node.put("apiVersion", key.kind().apiVersion()).put("kind", key.kind().kind());
    return node.put("namespace", key.namespace()).put("name", key.name());
  }

  private static ObjectNode table(TableDiff diff) {
    ObjectNode table = JSON.objectNode();
    sort(table, diff.hosts(), PlanJson::host);
    sort(table.putObject("revisions"), diff.revisions(), PlanJson::revision);
    sort(table.putObject("channels"), diff.channels(), PlanJson::channel);
    return table;
  }

  /** Writes one side of a difference. */
  private interface Side<T> {
    ObjectNode of(T part);
  }

  private static <T> void sort(
      ObjectNode into, List<TableDiff.Difference<T>> differences, Side<T> side) {
    ArrayNode added = into.putArray("added");
    ArrayNode removed = into.putArray("removed");
    ArrayNode changed = into.putArray("changed");
    for (TableDiff.Difference<T> difference : differences) {
      @Nullable T before = difference.before();
      @Nullable T after = difference.after();
      if (before != null && after != null) {
        ObjectNode both = changed.addObject();
        both.set("before", side.of(before));
        both.set("after", side.of(after));
      } else if (after != null) {
        added.add(side.of(after));
      } else if (before != null) {
        removed.add(side.of(before));
      }
    }
  }

  /** A host with a line for each of its rules. */
  static ObjectNode host(VirtualHost host) {
    ObjectNode node = JSON.objectNode().put("host", host.host());
    node.put("visibility", host.visibility().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    ArrayNode entries = node.putArray("entries");
    host.entries()
        .forEach(entry ->
            entries.addObject().put("route", entry.route()).put("rule", TableText.entry(entry)));
    return node;
  }

  private static ObjectNode channel(EventChannel channel) {
    return JSON.objectNode()
        .put("channel", channel.id().toString())
        .put("delivers", ChannelText.of(channel));
  }

  private static ObjectNode revision(RevisionEndpoints revision) {
    return JSON.objectNode()
        .put("revision", revision.id().toString())
        .put("reached", TableText.reached(revision))
        .put("limits", revision.limits().toString());
  }
}
