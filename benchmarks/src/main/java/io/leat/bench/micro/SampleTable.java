package io.leat.bench.micro;

import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.RouteTable;
import io.leat.proxy.table.TableUpdate;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.table.WeightedTarget;
import io.leat.proxy.telemetry.MetricRows;
import java.util.ArrayList;
import java.util.List;

/** Tables of a given size, made of the parts that the benchmarks ask for. */
final class SampleTable {
  private static final int REVISIONS = 1_000;

  private SampleTable() {}

  static String hostName(int index) {
    return "app-" + index + ".team-" + index % 97 + ".example.com";
  }

  static RevisionId revisionId(int index) {
    return new RevisionId("default", "revision-" + index % REVISIONS);
  }

  static RevisionEndpoints revision(RevisionId id, int endpoints) {
    List<Endpoint> all = new ArrayList<>();
    for (int i = 0; i < endpoints; i++) {
      all.add(Endpoint.http1("10.0." + i / 250 + "." + (1 + i % 250), 8080));
    }
    return new RevisionEndpoints(id, RevisionLimits.DEFAULT, new Reachability.Serving(all));
  }

  static VirtualHost host(int index, RevisionId revision) {
    return host(hostName(index), revision);
  }

  static VirtualHost host(String name, RevisionId revision) {
    return VirtualHost.of(name, List.of(entry("/", TrafficSplit.to(revision))));
  }

  static RouteEntry entry(String prefix, TrafficSplit split) {
    return RouteEntry.of("default/route", RouteMatch.literal(prefix), new RouteAction.Split(split));
  }

  static TrafficSplit split(int... weights) {
    List<WeightedTarget> targets = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      targets.add(WeightedTarget.of(revisionId(i), weights[i]));
    }
    return new TrafficSplit(targets);
  }

  /** A table with {@code hosts} exact hosts, and others. */
  static RouteTable table(int hosts, List<VirtualHost> others) {
    List<RevisionEndpoints> revisions = new ArrayList<>();
    for (int i = 0; i < REVISIONS; i++) {
      revisions.add(revision(revisionId(i), 2));
    }
    List<VirtualHost> all = new ArrayList<>(others);
    for (int i = 0; i < hosts; i++) {
      all.add(host(i, revisionId(i)));
    }
    return new RouteTable(1, all, revisions);
  }

  static LiveTable live(RouteTable table) {
    LiveTable live = new LiveTable(0x5eed_0123_4567_89abL, new MetricRows());
    if (!(live.apply(new TableUpdate.Snapshot(table)) instanceof LiveTable.Outcome.Acknowledged)) {
      throw new IllegalStateException("the sample table was refused");
    }
    return live;
  }
}
