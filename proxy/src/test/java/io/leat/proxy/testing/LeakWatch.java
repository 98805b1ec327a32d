package io.leat.proxy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Fails the test class during which Netty recorded a lost buffer.
 *
 * <p>Registered for every test class of every module that has this one on its class path, so no
 * test has to ask for it. What Netty records is kept from the first class to the last: a record
 * that comes late fails the class that runs then, and never goes by unseen.
 */
public final class LeakWatch implements BeforeAllCallback, AfterAllCallback {
  /** References of one collection are not handed over in order: the second one waits for all. */
  private static final int ROUNDS = 2;

  private static final long COLLECTED_MILLIS = TimeUnit.SECONDS.toMillis(10);
  private static final Queue<String> RECORDS = new ConcurrentLinkedQueue<>();

  static {
    Records appender = new Records();
    appender.start();
    ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).addAppender(appender);
  }

  /** Keeps what the detector says. */
  private static final class Records extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      String line = event.getFormattedMessage();
      if (line.startsWith("LEAK")) {
        RECORDS.add(line);
      }
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    assertNothingLost();
  }

  /** Fails when a buffer was lost since this was last asked. */
  public static void assertNothingLost() throws InterruptedException {
    collect();
    List<String> lost = new ArrayList<>();
    for (String line = RECORDS.poll(); line != null; line = RECORDS.poll()) {
      lost.add(line);
    }
    assertThat(lost).as("records of lost buffers").isEmpty();
  }

  /** A lost buffer is reported when another is allocated after its collection. */
  private static void collect() throws InterruptedException {
    for (int i = 0; i < ROUNDS; i++) {
      ReferenceQueue<Object> collected = new ReferenceQueue<>();
      PhantomReference<Object> canary = new PhantomReference<>(new Object(), collected);
      System.gc();
      assertThat(collected.remove(COLLECTED_MILLIS)).isSameAs(canary);
      ByteBufAllocator.DEFAULT.directBuffer(16).release();
      ByteBufAllocator.DEFAULT.heapBuffer(16).release();
    }
  }
}
