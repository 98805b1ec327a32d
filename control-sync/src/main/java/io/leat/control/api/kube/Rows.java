package io.leat.control.api.kube;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.manifest.output.ResourceTable;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lays resources out as a {@code meta.k8s.io/v1 Table}, which kubectl prints as it is. */
final class Rows {
  private static final Set<String> NUMBERS =
      Set.of("DATA", "COUNT", "ACTUAL REPLICAS", "DESIRED REPLICAS");

  private Rows() {}

  /**
   * A table without resourceVersion.
   *
   * @param include what a row holds beside its cells: {@code None}, {@code Object}, or metadata
   */
  static ObjectNode table(
      Kind kind, List<Resource> resources, @Nullable String include, Instant now) {
    ResourceTable plain = ResourceTable.of(kind, List.of(), ResourceTable.Detail.PLAIN, false, now);
    ResourceTable wide = ResourceTable.of(kind, resources, ResourceTable.Detail.WIDE, false, now);
    ObjectNode table = JsonNodeFactory.instance.objectNode();
    table.put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
    table.putObject("metadata");
    ArrayNode columns = table.putArray("columnDefinitions");
    for (String name : wide.header()) {
      ObjectNode column = columns.addObject().put("name", name);
      column.put("type", NUMBERS.contains(name) ? "integer" : "string");
      column.put("format", name.equals("NAME") ? "name" : "");
      column.put("description", "");
      column.put("priority", plain.header().contains(name) ? 0 : 1);
    }
    ArrayNode rows = table.putArray("rows");
    for (int i = 0; i < resources.size(); i++) {
      ObjectNode row = rows.addObject();
      cells(row.putArray("cells"), wide.header(), wide.rows().get(i));
      if (!"None".equals(include)) {
        row.set("object", object(resources.get(i), "Object".equals(include)));
      }
    }
    return table;
  }

  private static void cells(ArrayNode cells, List<String> header, List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      if (NUMBERS.contains(header.get(i)) && value.matches("[0-9]{1,9}")) {
        cells.add(Integer.parseInt(value));
      } else {
        cells.add(value);
      }
    }
  }

  private static ObjectNode object(Resource resource, boolean whole) {
    ObjectNode tree = ResourceJson.tree(resource);
    if (!whole) {
      tree.retain("metadata");
      tree.put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
    }
    return tree;
  }
}
