package io.leat.bench.stress;

import io.leat.bench.micro.WireRequest;
import io.leat.proxy.routing.LiveEntry;
import io.leat.proxy.routing.LiveSplit;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.routing.LiveTarget;
import io.leat.proxy.routing.RequestView;
import io.leat.proxy.routing.Router;
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
import io.leat.proxy.telemetry.MetricRows;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A look-up while the router is swapped sees one version alone: its number, its entry and the port
 * of its endpoint say the same.
 */
@JCStressTest
@Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "before the swap")
@Outcome(id = "2, 2, 2", expect = Expect.ACCEPTABLE, desc = "after the swap")
@Outcome(expect = Expect.FORBIDDEN, desc = "a mixture of two versions")
@State
public class RouterSwap {
  private static final RevisionId ID = new RevisionId("default", "r");
  private static final RequestView REQUEST = new WireRequest("h.test", "/");
  private static final TableUpdate FIRST = version(1);
  private static final TableUpdate SECOND = version(2);

  private final LiveTable table = new LiveTable(7, new MetricRows(), 1);

  /** The first version is live. */
  public RouterSwap() {
    apply(FIRST);
  }

  private static TableUpdate version(int version) {
    RouteEntry entry =
        RouteEntry.of(
            "default/" + version, RouteMatch.ALL, new RouteAction.Split(TrafficSplit.to(ID)));
    Reachability serving = new Reachability.Serving(List.of(Endpoint.http1("127.0.0.1", version)));
    return new TableUpdate.Snapshot(
        new RouteTable(
            version,
            List.of(VirtualHost.of("h.test", List.of(entry))),
            List.of(new RevisionEndpoints(ID, RevisionLimits.DEFAULT, serving))));
  }

  private void apply(TableUpdate update) {
    if (!(table.apply(update) instanceof LiveTable.Outcome.Acknowledged)) {
      throw new IllegalStateException("refused");
    }
  }

  /** The control thread. */
  @Actor
  public void swap() {
    apply(SECOND);
  }

  /** An event loop. */
  @Actor
  public void lookUp(III_Result r) {
    Router router = table.current();
    LiveEntry entry = router.dispatch(REQUEST, true);
    if (entry == null || !(entry.action() instanceof LiveSplit split)) {
      return;
    }
    LiveTarget target = split.pick(0);
    r.r1 = (int) router.version();
    r.r2 = entry.entry().route().equals("default/2") ? 2 : 1;
    r.r3 = target.revision().readyEndpoint(0).endpoint().port();
  }
}
