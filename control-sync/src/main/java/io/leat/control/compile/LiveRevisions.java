package io.leat.control.compile;

import io.leat.proxy.table.Mirror;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.table.WeightedTarget;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * How many entries of the table name each revision.
 *
 * <p>Confined to the control thread.
 */
final class LiveRevisions {
  private final Map<RevisionId, Integer> mentions = new HashMap<>();
  private final Map<RevisionId, RevisionEndpoints> endpoints = new TreeMap<>();

  void mention(VirtualHost host, int sign, Consumer<RevisionId> changed) {
    for (RouteEntry entry : host.entries()) {
      if (entry.action() instanceof RouteAction.Split split) {
        for (WeightedTarget target : split.split().targets()) {
          mention(target.revision(), sign, changed);
        }
      }
      Mirror mirror = entry.policy().mirror();
      if (mirror != null) {
        mention(mirror.revision(), sign, changed);
      }
    }
  }

  private void mention(RevisionId revision, int sign, Consumer<RevisionId> changed) {
    int count = mentions.merge(revision, sign, Integer::sum);
    if (count == 0) {
      mentions.remove(revision);
    }
    changed.accept(revision);
  }

  boolean mentioned(RevisionId revision) {
    return mentions.containsKey(revision);
  }

  Map<RevisionId, RevisionEndpoints> endpoints() {
    return endpoints;
  }
}
