package io.leat.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.table.HeaderEdit;
import io.leat.proxy.table.HeaderEdit.Operation;
import io.leat.proxy.table.HeaderEdits;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RoutePolicy;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Header edits of a route, through a proxy on real sockets. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class HeaderEditsTest {
  private static final String ANSWER =
      "HTTP/1.1 103 Early Hints\r\nServer: early\r\n\r\n"
          + "HTTP/1.1 200 OK\r\nServer: x\r\nSet-Cookie: a=1\r\nX-Powered-By: y\r\n"
          + "Content-Length: 2\r\n\r\nok";

  private final ProxyFixture proxy = ProxyFixture.start();

  @AfterEach
  void stop() {
    proxy.close();
  }

  private static HeaderEdit edit(Operation operation, String name, String value) {
    return new HeaderEdit(operation, name, value);
  }

  private void serve(TestOrigin origin, HeaderEdits edits) {
    proxy
        .put(ProxyFixture.revision("one"), RevisionLimits.DEFAULT, origin.port())
        .route(
            "a.test",
            new RouteAction.Split(TrafficSplit.to(ProxyFixture.revision("one"))),
            RoutePolicy.NONE.withHeaders(edits));
  }

  @Test
  void editsBothDirectionsAndNothingElse() throws IOException {
    HeaderEdits edits =
        new HeaderEdits(
            List.of(
                edit(Operation.ADD, "x-env", "undone"),
                edit(Operation.SET, "X-Env", "prod"),
                edit(Operation.ADD, "X-Seen", "leat"),
                edit(Operation.REMOVE, "X-Secret", "")),
            List.of(
                edit(Operation.REMOVE, "server", ""),
                edit(Operation.SET, "x-powered-by", "leat"),
                edit(Operation.ADD, "set-cookie", "b=2")));
    try (TestOrigin origin = TestOrigin.responding((head, wire) -> wire.send(ANSWER));
        TestClient client = proxy.client()) {
      serve(origin, edits);
      for (int i = 0; i < 2; i++) {
        client.send(
            "GET / HTTP/1.1\r\nHost: a.test\r\nX-ENV: a\r\nx-env: b\r\nX-Seen: client\r\n"
                + "x-secret: s\r\nX-Kept: k\r\n\r\n");
        assertThat(client.answer().head()).startsWith("HTTP/1.1 103").contains("Server: early");
        assertThat(client.answer().head())
            .startsWith("HTTP/1.1 200 OK\r\n")
            .contains("Set-Cookie: a=1\r\n")
            .contains("set-cookie: b=2\r\n")
            .contains("x-powered-by: leat\r\n")
            .doesNotContain("X-Powered-By")
            .doesNotContain("Server");
        assertThat(origin.heads().get(i))
            .containsOnlyOnce("x-env: prod\r\n")
            .contains("X-Seen: client\r\n")
            .contains("x-seen: leat\r\n")
            .contains("X-Kept: k\r\n")
            .doesNotContain("undone")
            .doesNotContain("X-ENV")
            .doesNotContain("x-secret");
      }
      // The next request of the connection goes to a route without edits.
      proxy.serve("b.test", origin.port());
      client.send("GET / HTTP/1.1\r\nHost: b.test\r\nX-Secret: s\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(103);
      assertThat(client.answer().head()).contains("Server: x\r\n");
      assertThat(origin.heads().get(2)).contains("X-Secret: s").doesNotContain("x-env");
    }
  }

  @Test
  void leavesAnswersOfTheProxyAlone() throws IOException {
    HeaderEdits edits =
        new HeaderEdits(List.of(), List.of(edit(Operation.REMOVE, "proxy-status", "")));
    try (TestOrigin origin = TestOrigin.playing(wire -> wire.readHead());
        TestClient client = proxy.client()) {
      serve(origin, edits);
      TestClient.Answer answer = client.get("a.test", "/");
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.header("proxy-status")).isNotEmpty();
    }
  }
}
