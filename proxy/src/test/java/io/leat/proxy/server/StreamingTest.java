package io.leat.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.testing.TestClient;
import io.leat.proxy.testing.TestOrigin;
import io.leat.proxy.testing.Wire;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Large bodies, slow sides and tunnels. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class StreamingTest {
  private static final int PIECE = 64 * 1024;
  private static final int PIECES = 1024;
  private static final long SIZE = (long) PIECE * PIECES;
  private static final long SEED = 20_26;

  private final ProxyFixture proxy = ProxyFixture.start();

  @AfterEach
  void stop() {
    proxy.close();
  }

  private static long sendAll(OutputStream out, AtomicLong sent) throws IOException {
    Random random = new Random(SEED);
    CRC32C sum = new CRC32C();
    byte[] piece = new byte[PIECE];
    for (int i = 0; i < PIECES; i++) {
      random.nextBytes(piece);
      sum.update(piece);
      out.write(piece);
      sent.addAndGet(PIECE);
    }
    out.flush();
    return sum.getValue();
  }

  private static long readAll(InputStream in) throws IOException {
    CRC32C sum = new CRC32C();
    byte[] piece = new byte[PIECE];
    for (long left = SIZE; left > 0; ) {
      int count = in.read(piece, 0, (int) Math.min(piece.length, left));
      if (count < 0) {
        throw new IOException(left + " bytes missing");
      }
      sum.update(piece, 0, count);
      left -= count;
    }
    return sum.getValue();
  }

  private static long allocated() {
    ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
    assertThat(allocator).isInstanceOf(AdaptiveByteBufAllocator.class);
    return ((ByteBufAllocatorMetricProvider) allocator).metric().usedDirectMemory();
  }

  @Test
  void passesALargeUpload() throws Exception {
    CompletableFuture<Long> received = new CompletableFuture<>();
    try (TestOrigin origin =
            TestOrigin.playing(wire -> {
              wire.head();
              received.complete(readAll(wire.in()));
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      client.send("PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + SIZE + "\r\n\r\n");
      long sum = sendAll(client.out(), new AtomicLong());
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(received.get(60, TimeUnit.SECONDS)).isEqualTo(sum);
    }
  }

  @Test
  void holdsBackAnUploadThatIsReadSlowly() throws Exception {
    CompletableFuture<Boolean> read = new CompletableFuture<>();
    CompletableFuture<Long> received = new CompletableFuture<>();
    AtomicLong sent = new AtomicLong();
    long before = allocated();
    try (TestOrigin origin =
            TestOrigin.playing(wire -> {
              wire.head();
              read.join();
              received.complete(readAll(wire.in()));
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      client.send("PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + SIZE + "\r\n\r\n");
      CompletableFuture<Long> sum =
          CompletableFuture.supplyAsync(() -> {
            try {
              return sendAll(client.out(), sent);
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      awaitStandstill(sent);
      assertThat(sent.get()).isLessThan(SIZE);
      assertThat(allocated() - before).isLessThan(32L << 20);
      read.complete(true);
      assertThat(received.get(60, TimeUnit.SECONDS)).isEqualTo(sum.get());
      assertThat(client.answer().status()).isEqualTo(200);
    }
  }

  @Test
  void holdsBackADownloadThatIsReadSlowly() throws Exception {
    AtomicLong sent = new AtomicLong();
    CompletableFuture<Long> sum = new CompletableFuture<>();
    long before = allocated();
    try (TestOrigin origin =
            TestOrigin.playing(wire -> {
              wire.head();
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n");
              sum.complete(sendAll(wire.out(), sent));
            });
        TestClient client = TestClient.connect(proxy.port(), 32 * 1024)) {
      proxy.serve("a.test", origin.port());
      client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      awaitStandstill(sent);
      assertThat(sent.get()).isLessThan(SIZE);
      assertThat(allocated() - before).isLessThan(32L << 20);
      client.head();
      assertThat(readAll(client.in())).isEqualTo(sum.get(60, TimeUnit.SECONDS));
      assertThat(client.in().available()).isZero();
    }
  }

  private static void awaitStandstill(AtomicLong moving) {
    AtomicLong last = new AtomicLong(-1);
    await()
        .pollInterval(500, TimeUnit.MILLISECONDS)
        .until(() -> moving.get() > 0 && last.getAndSet(moving.get()) == moving.get());
  }

  private static final String UPGRADE =
      "GET /chat HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

  @org.junit.jupiter.api.RepeatedTest(5)
  void tunnelsAfterAnUpgradeWithHalfClose() throws Exception {
    try (TestOrigin origin =
            TestOrigin.playing(wire -> {
              String head = wire.head();
              assertThat(Wire.header(head, "upgrade")).isEqualTo("echo");
              wire.send(
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n"
                      + "Connection: upgrade\r\n\r\nfirst");
              wire.in().transferTo(wire.out());
              wire.send("last");
            });
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      client.send(UPGRADE + "early");
      assertThat(client.head()).startsWith("HTTP/1.1 101 ").contains("Upgrade: echo");
      assertThat(new String(client.read(10), US_ASCII)).isEqualTo("firstearly");
      Thread.startVirtualThread(() -> {
        try {
          sendAll(client.out(), new AtomicLong());
          client.endOutput();
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      });
      CRC32C expected = new CRC32C();
      Random random = new Random(SEED);
      byte[] piece = new byte[PIECE];
      for (int i = 0; i < PIECES; i++) {
        random.nextBytes(piece);
        expected.update(piece);
      }
      assertThat(readAll(client.in())).isEqualTo(expected.getValue());
      assertThat(new String(client.read(4), US_ASCII)).isEqualTo("last");
      assertThat(client.atEnd()).isTrue();
      await().until(() -> proxy.proxy().openConnections() == 0);
      assertThat(proxy.live("a.test").activity().inFlight().get()).isZero();
      assertThat(proxy.proxy().upstreamConnections().active()).isZero();
    }
  }

  @Test
  void answersNormallyWhenTheUpgradeIsDeclined() throws IOException {
    try (TestOrigin origin = TestOrigin.saying("no upgrade");
        TestClient client = proxy.serve("a.test", origin.port()).client()) {
      client.send(UPGRADE);
      assertThat(client.answer().body()).isEqualTo("no upgrade");
      assertThat(client.get("a.test", "/").body()).isEqualTo("no upgrade");
    }
  }
}
