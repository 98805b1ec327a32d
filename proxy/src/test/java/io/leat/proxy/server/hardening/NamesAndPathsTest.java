package io.leat.proxy.server.hardening;

import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.testing.ProxyFixture;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows 63 to 66: ambiguous names and paths, forged origins, loops. */
class NamesAndPathsTest extends HardeningRows {
  /** A path that no spelling of another one may reach. */
  @Override
  void route(ProxyFixture to, int port) {
    super.route(to, port);
    RouteAction all = new RouteAction.Split(TrafficSplit.to(ProxyFixture.revision("a.test")));
    RouteAction forbidden = new RouteAction.Respond(403, "text/plain", "no");
    to.route(
        "a.test",
        List.of(
            RouteEntry.of("default/all", RouteMatch.ALL, all),
            RouteEntry.of("default/secret", RouteMatch.literal("/secret"), forbidden)));
  }

  static Stream<Row> rows() {
    return RowFile.rows("names");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void row(Row row) throws IOException {
    check(row);
  }
}
