package io.leat.control.api.plan;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.eventing.topology.FindingJson;
import io.leat.control.eventing.topology.TopologyChange;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.plan.Planned;
import io.leat.control.plan.PlannedChange;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

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
    root.set("table", TableJson.of(planned.table()));
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
}
