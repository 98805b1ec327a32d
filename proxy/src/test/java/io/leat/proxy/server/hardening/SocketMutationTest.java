package io.leat.proxy.server.hardening;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Odd requests on real sockets: an endpoint that reads strictly sees exactly one request for each
 * that was accepted and none for each that was refused, framed as the proxy decided, and every
 * connection comes to an end.
 *
 * <p>{@code -Dleat.socket.rounds=100000} runs the long form, {@code -Dleat.seed} repeats a run.
 * Each of the workers has a proxy and an endpoint of its own, and the seed plus its number.
 */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class SocketMutationTest {
  private static final int ROUNDS = Integer.getInteger("leat.socket.rounds", 2_000);
  private static final int WORKERS = 8;

  private final long seed = Long.getLong("leat.seed", System.nanoTime());

  @Test
  void whatTheEndpointReadsIsWhatTheProxyDecided() throws Exception {
    System.out.println("SocketMutationTest: -Dleat.seed=" + seed + ", rounds " + ROUNDS);
    List<Future<OddConversation.Outcome>> running = new ArrayList<>();
    int forwarded = 0;
    int refused = 0;
    try (ExecutorService workers = Executors.newFixedThreadPool(WORKERS)) {
      for (int i = 0; i < WORKERS; i++) {
        OddConversation conversation = new OddConversation(seed + i);
        running.add(workers.submit(() -> conversation.hold(ROUNDS / WORKERS)));
      }
      for (Future<OddConversation.Outcome> each : running) {
        forwarded += each.get(2, TimeUnit.HOURS).forwarded();
        refused += each.get().refused();
      }
    }
    System.out.println("SocketMutationTest: forwarded " + forwarded + ", refused " + refused);
    assertThat(forwarded).as("seed %d", seed).isGreaterThan(ROUNDS / 20);
    assertThat(refused).as("seed %d", seed).isGreaterThan(ROUNDS / 20);
  }
}
