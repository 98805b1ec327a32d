package io.leat.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.leat.proxy.config.ClientLimits;
import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.telemetry.ForcedClose;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand slowloris and a thousand slow readers of slowhttptest beside clients that are well.
 */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class SlowHttpTest {
  private static final int OFFENDERS = 1_000;
  private static final int WELL = 2;
  private static final long LIMIT = 256L << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** For a busy machine; a quiet one needs a quarter of it. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  @TempDir Path dir;

  @BeforeEach
  void slowhttptestIsInstalled() {
    boolean found =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "slowhttptest")));
    assumeTrue(found, "slowhttptest is not on the PATH (Debian package slowhttptest)");
  }

  private static ProxyLimits limits() {
    ProxyLimits d = ProxyLimits.DEFAULT;
    return new ProxyLimits(
        d.requestLineBytes(),
        d.headerBytes(),
        d.headerLineBytes(),
        d.headerCount(),
        0,
        PATIENCE,
        d.idleTimeout(),
        d.connectTimeout(),
        d.upstreamIdleTimeout(),
        d.idlePerEndpoint(),
        d.connectionsPerEndpoint(),
        new ClientLimits(240, PATIENCE, Duration.ofHours(1), 20_000, LIMIT),
        d.mirrors());
  }

  private static TestOrigin large() throws IOException {
    byte[] piece = new byte[65536];
    return TestOrigin.playing(wire -> {
      while (wire.readHead() != null) {
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 65536000\r\n\r\n");
        for (int i = 0; i < 1000; i++) {
          wire.send(piece);
        }
      }
    });
  }

  private Process offend(ProxyFixture proxy, String... how) throws IOException {
    List<String> command = new ArrayList<>(List.of("slowhttptest"));
    command.addAll(List.of(how));
    command.addAll(List.of("-c", "" + OFFENDERS, "-r", "500", "-l", "60"));
    command.addAll(List.of("-u", "http://127.0.0.1:" + proxy.port() + "/"));
    return new ProcessBuilder(command)
        .directory(dir.toFile())
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("slowhttptest" + how[0] + ".log").toFile())
        .start();
  }

  private static boolean offendersLeft(ProxyFixture proxy) {
    return proxy.rejections(Rejection.REQUEST_TIMEOUT) < OFFENDERS
        || proxy.forcedCloses(ForcedClose.SLOW_READER) < OFFENDERS;
  }

  /** Asks while something is so; returns how often the right answer came. */
  private static int ask(ProxyFixture proxy, BooleanSupplier more) throws IOException {
    int served = 0;
    try (TestClient client = proxy.client()) {
      while (more.getAsBoolean()) {
        assertThat(client.get("well.test", "/").status()).isEqualTo(200);
        served++;
      }
    }
    return served;
  }

  /** What clients that are well get while the offenders run, and the bounds meanwhile. */
  private static int load(ProxyFixture proxy, BooleanSupplier more) throws Exception {
    int served = 0;
    try (ExecutorService clients = Executors.newFixedThreadPool(WELL)) {
      List<Future<Integer>> running = new ArrayList<>();
      for (int i = 0; i < WELL; i++) {
        running.add(clients.submit(() -> ask(proxy, more)));
      }
      for (Future<Integer> each : running) {
        served += each.get(2, TimeUnit.MINUTES);
      }
    }
    return served;
  }

  @Test
  void offendersGoAndOthersAreServed() throws Exception {
    try (TestOrigin large = large();
        TestOrigin small = TestOrigin.saying("ok");
        ProxyFixture proxy = ProxyFixture.start(base -> base.withLimits(limits()))) {
      proxy.serve("127.0.0.1", large.port()).serve("well.test", small.port());
      AtomicInteger mostOpen = new AtomicInteger();
      AtomicLong mostBytes = new AtomicLong();
      Process slowloris = offend(proxy, "-H", "-i", "2", "-x", "10");
      Process readers = offend(proxy, "-X", "-w", "512", "-y", "1024", "-n", "5", "-z", "16");
      try {
        long end = System.nanoTime() + LONGEST.toNanos();
        int served =
            load(
                proxy,
                () -> {
                  mostOpen.accumulateAndGet(proxy.proxy().openConnections(), Math::max);
                  mostBytes.accumulateAndGet(proxy.proxy().guards().bufferedBytes(), Math::max);
                  return offendersLeft(proxy) && System.nanoTime() < end;
                });
        System.out.printf(
            "SlowHttpTest: %d answers beside the offenders, connections at most %d, buffered at"
                + " most %d%n",
            served, mostOpen.get(), mostBytes.get());
        assertThat(served).isGreaterThan(OFFENDERS);
      } finally {
        slowloris.destroy();
        readers.destroy();
      }
      assertThat(mostOpen.get()).isGreaterThan(OFFENDERS / 2);
      assertThat(proxy.rejections(Rejection.REQUEST_TIMEOUT)).isEqualTo(OFFENDERS);
      assertThat(proxy.forcedCloses(ForcedClose.SLOW_READER)).isEqualTo(OFFENDERS);
      assertThat(mostBytes.get()).isLessThan(LIMIT);
      assertThat(proxy.proxy().guards().overloadLevel()).isZero();
      await().until(() -> proxy.proxy().openConnections() == 0);
    }
  }
}
