package io.leat.proxy.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RouteTableTest {
  private static final RevisionId ID = new RevisionId("default", "one");

  private static VirtualHost host(String name) {
    return VirtualHost.of(
        name,
        List.of(
            RouteEntry.of(
                "default/r", RouteMatch.ALL, new RouteAction.Split(TrafficSplit.to(ID)))));
  }

  private static RevisionEndpoints revision(String host, int port) {
    return new RevisionEndpoints(
        ID, RevisionLimits.DEFAULT, new Reachability.Serving(List.of(Endpoint.http1(host, port))));
  }

  @Test
  void theHashIgnoresOrderAndVersionAndSeesEveryPart() {
    VirtualHost a = host("a.test");
    VirtualHost b = host("b.test");
    RevisionEndpoints one = revision("10.0.0.1", 80);
    long hash = new RouteTable(1, List.of(a, b), List.of(one)).hash();
    assertThat(new RouteTable(9, List.of(b, a), List.of(one)).hash()).isEqualTo(hash);
    assertThat(new RouteTable(1, List.of(a), List.of(one)).hash()).isNotEqualTo(hash);
    assertThat(new RouteTable(1, List.of(a, b), List.of(revision("10.0.0.1", 81))).hash())
        .isNotEqualTo(hash);
    assertThat(RouteTable.EMPTY.hash()).isZero();
  }

  @Test
  void theHashOfAChangeIsTheDifferenceOfItsParts() {
    VirtualHost a = host("a.test");
    VirtualHost b = host("b.test");
    RevisionEndpoints one = revision("10.0.0.1", 80);
    long before = new RouteTable(1, List.of(a), List.of(one)).hash();
    long after = new RouteTable(2, List.of(b), List.of(one)).hash();
    assertThat(before - TableHash.of(a) + TableHash.of(b)).isEqualTo(after);
  }

  @Test
  void hostNamesAreLowerCaseAndAStarStandsForWholeLabelsOnTheLeft() {
    assertThat(host("A.Test").host()).isEqualTo("a.test");
    assertThat(host("*.Test").host()).isEqualTo("*.test");
    for (String bad : new String[] {"", "*", "a.*.test", "*test", "a*", "**.test"}) {
      assertThatIllegalArgumentException().as(bad).isThrownBy(() -> host(bad));
    }
  }

  @Test
  void valuesRejectWhatCannotBe() {
    assertThatIllegalArgumentException().isThrownBy(() -> Endpoint.http1("h", 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Endpoint.http1("h", 65_536));
    assertThatIllegalArgumentException().isThrownBy(() -> RouteMatch.literal("foo"));
    assertThatIllegalArgumentException().isThrownBy(() -> WeightedTarget.of(ID, -1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RevisionLimits.DEFAULT.withContainerConcurrency(-1));
    for (int status : new int[] {200, 300, 304, 306, 309}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new RouteAction.Redirect(status, null, null, null));
    }
  }

  @Test
  void anIpv6AddressIsBracketed() {
    assertThat(Endpoint.http1("::1", 80).address()).isEqualTo("[::1]:80");
    assertThat(Endpoint.http1("10.0.0.1", 80).address()).isEqualTo("10.0.0.1:80");
  }
}
