package io.leat.control.api.plan;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.plan.ChannelText;
import io.leat.control.plan.TableDiff;
import io.leat.control.plan.TableText;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.VirtualHost;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes how two tables differ as JSON, in the shape that {@link PlanApi} describes. */
public final class TableJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private TableJson() {}

  /** A difference: hosts, revisions and channels that came, went, or became others. */
  public static ObjectNode of(TableDiff diff) {
    ObjectNode table = JSON.objectNode();
    sort(table, diff.hosts(), TableJson::host);
    sort(table.putObject("revisions"), diff.revisions(), TableJson::revision);
    sort(table.putObject("channels"), diff.channels(), TableJson::channel);
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
