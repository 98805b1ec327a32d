package io.leat.proxy.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {

  @Test
  void hostsAreNamesOrOneWildcard() {
    assertThat(VirtualHost.of("Shop.TEST.", List.of()).host()).isEqualTo("shop.test");
    assertThat(VirtualHost.of("*.Test", List.of()).host()).isEqualTo("*.test");
    for (String bad : List.of("", ".", "*", "*.", "a*.test", "a.*.test", "**.test", "*a.test")) {
      assertThatThrownBy(() -> VirtualHost.of(bad, List.of()))
          .as(bad)
          .hasMessageStartingWith("host: ");
    }
  }

  @Test
  void partsRejectWhatCannotBe() {
    assertThatThrownBy(() -> RouteMatch.literal("foo")).hasMessageContaining("starts with /");
    assertThatThrownBy(() -> Endpoint.http1("h", 0)).hasMessageStartingWith("port: 0");
    assertThatThrownBy(() -> Endpoint.http1("h", 65_536)).hasMessageStartingWith("port: 65536");
    assertThatThrownBy(() -> RevisionLimits.DEFAULT.withContainerConcurrency(-1))
        .hasMessageStartingWith("containerConcurrency: -1");
    for (int status : new int[] {200, 300, 304, 305, 306, 309}) {
      assertThatThrownBy(() -> new RouteAction.Redirect(status, null, null, null))
          .hasMessageStartingWith("status: " + status);
    }
    for (int status : new int[] {301, 302, 303, 307, 308}) {
      assertThat(new RouteAction.Redirect(status, null, null, null).status()).isEqualTo(status);
    }
  }

  @Test
  void namesAndAddressesReadAsUsual() {
    RevisionId one = new RevisionId("default", "r1");
    assertThat(one).hasToString("default/r1");
    assertThat(new ChannelId("default", "orders")).hasToString("default/orders");
    assertThat(Endpoint.http1("::1", 80).address()).isEqualTo("[::1]:80");
    assertThat(Endpoint.http1("10.0.0.1", 80).address()).isEqualTo("10.0.0.1:80");
    assertThat(new RouteMatch.HeaderMatch("X-Tag", "Blue").name()).isEqualTo("x-tag");
    assertThat(one).isLessThan(new RevisionId("default", "r2")).isLessThan(new RevisionId("e", ""));
  }
}
