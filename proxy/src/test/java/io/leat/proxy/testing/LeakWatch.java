package io.leat.proxy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Fails a test class during which a buffer was lost. */
public final class LeakWatch implements BeforeAllCallback, AfterAllCallback {
  private static final int ROUNDS = 5;
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
    lines.start();
    logger().addAppender(lines);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    collect();
    logger().detachAppender(lines);
    List<String> leaks =
        lines.list.stream()
            .map(ILoggingEvent::getFormattedMessage)
            .filter(line -> line.startsWith("LEAK"))
            .toList();
    assertThat(leaks).isEmpty();
  }

  /** A lost buffer is reported when another is allocated after its collection. */
  private static void collect() {
    for (int i = 0; i < ROUNDS; i++) {
      System.gc();
      ByteBufAllocator.DEFAULT.directBuffer(16).release();
      ByteBufAllocator.DEFAULT.heapBuffer(16).release();
    }
  }
}
