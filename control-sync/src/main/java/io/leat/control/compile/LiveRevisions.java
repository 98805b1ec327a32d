package io.leat.control.compile;

import io.leat.proxy.table.Mirror;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.table.WeightedTarget;
import java.util.HashMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * How many entries of the table name each revision.
 *
 * <p>Confined to the control thread.
 */
final class LiveRevisions {
  private final ForkedMap<RevisionId, Integer> mentions;
  private final ForkedMap<RevisionId, RevisionEndpoints> endpoints;

  LiveRevisions() {
    this(new ForkedMap<>(new HashMap<>()), new ForkedMap<>(new TreeMap<>()));
  }

  private LiveRevisions(
      ForkedMap<RevisionId, Integer> mentions, ForkedMap<RevisionId, RevisionEndpoints> endpoints) {
    this.mentions = mentions;
    this.endpoints = endpoints;
  }

  LiveRevisions fork() {
    return new LiveRevisions(mentions.fork(new HashMap<>()), endpoints.fork(new TreeMap<>()));
  }

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
    Integer before = mentions.get(revision);
    int count = (before == null ? 0 : before) + sign;
    if (count == 0) {
      mentions.remove(revision);
    } else {
      mentions.put(revision, count);
    }
    changed.accept(revision);
  }

  boolean mentioned(RevisionId revision) {
    return mentions.get(revision) != null;
  }

  ForkedMap<RevisionId, RevisionEndpoints> endpoints() {
    return endpoints;
  }
}
