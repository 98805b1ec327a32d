package io.leat.proxy.accesslog;

import io.leat.proxy.balance.Draw;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finished requests of a process: one thread takes what the event loops publish and writes it to
 * the access log, and {@link #taps} lets others watch them.
 *
 * <p>Event loops never wait for it. A request that finds its queue full, or whose line cannot be
 * written, is not logged and counts in {@link #dropped}. Any thread may call every method.
 */
public final class AccessLog implements AutoCloseable {
  /** Logs nothing, and nobody can watch. */
  public static final AccessLog OFF =
      new AccessLog(
          OutputStream.nullOutputStream(),
          new AccessLogSettings("", AccessFormat.JSON, 0),
          InstantSource.system());

  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
  private static final int CAPACITY = 2048;
  private static final int WRITE_SIZE = 32 * 1024;
  private static final long IDLE_NANOS = 20_000_000;
  private static final long CLOSE_MILLIS = 5_000;

  private final OutputStream out;
  private final AccessLogSettings settings;
  private final InstantSource clock;
  private final List<LoopAccessLog> loops = new CopyOnWriteArrayList<>();
  private final LineBuffer lines = new LineBuffer();
  private final RequestTaps taps;
  private final AtomicLong lost = new AtomicLong();
  private final @Nullable Thread writer;
  private long unwritten;
  private boolean failing;
  private volatile boolean closing;

  AccessLog(OutputStream out, AccessLogSettings settings, InstantSource clock) {
    this.out = out;
    this.settings = settings;
    this.clock = clock;
    this.taps = new RequestTaps(settings.taps(), clock);
    this.writer =
        settings.on()
            ? Thread.ofPlatform().daemon().name("leat-access-log").unstarted(this::run)
            : null;
  }

  /**
   * Opens the log and starts its thread; without a path there are only {@link #taps}.
   *
   * @throws IOException when the file cannot be opened
   */
  public static AccessLog open(AccessLogSettings settings, InstantSource clock) throws IOException {
    return settings.on()
        ? start(stream(settings.path()), settings, clock)
        : new AccessLog(OutputStream.nullOutputStream(), settings, clock);
  }

  static AccessLog start(OutputStream out, AccessLogSettings settings, InstantSource clock) {
    AccessLog log = new AccessLog(out, settings, clock);
    if (log.writer != null) {
      log.writer.start();
    }
    return log;
  }

  private static OutputStream stream(String path) throws IOException {
    if (path.equals(AccessLogSettings.STANDARD_ERROR)) {
      return new FileOutputStream(FileDescriptor.err);
    }
    return Files.newOutputStream(
        Path.of(path), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** The log of one event loop more. */
  public LoopAccessLog loop(Draw draw) {
    if (this == OFF) {
      return LoopAccessLog.OFF;
    }
    if (!settings.on()) {
      return new LoopAccessLog(1, 0, draw, clock, taps);
    }
    LoopAccessLog loop = new LoopAccessLog(CAPACITY, settings.sample(), draw, clock, taps);
    loops.add(loop);
    return loop;
  }

  /** Who watches finished requests, logged or not. */
  public RequestTaps taps() {
    return taps;
  }

  /** Requests that should have been logged but were not. */
  public long dropped() {
    long sum = lost.get();
    for (LoopAccessLog loop : loops) {
      sum += loop.dropped();
    }
    return sum;
  }

  private void run() {
    boolean last = false;
    while (true) {
      if (drain()) {
        continue;
      }
      if (last) {
        return;
      }
      // One more round: what was published before the close is still written.
      last = closing;
      if (!last) {
        LockSupport.parkNanos(this, IDLE_NANOS);
      }
    }
  }

  /** Returns whether there was anything to write. */
  private boolean drain() {
    boolean any = false;
    for (LoopAccessLog loop : loops) {
      AccessRecord request = loop.poll();
      while (request != null) {
        any = true;
        settings.format().write(request, lines);
        unwritten++;
        loop.recycle(request);
        if (lines.size() >= WRITE_SIZE) {
          write();
        }
        request = loop.poll();
      }
    }
    write();
    return any;
  }

  private void write() {
    if (unwritten == 0) {
      return;
    }
    try {
      lines.writeTo(out);
      failing = false;
    } catch (IOException e) {
      lost.addAndGet(unwritten);
      if (!failing) {
        failing = true;
        LOG.warn("the access log cannot be written", e);
      }
    }
    unwritten = 0;
  }

  /** Writes what was published before the call and ends. */
  @Override
  public void close() {
    Thread thread = writer;
    if (thread == null) {
      return;
    }
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join(CLOSE_MILLIS);
      if (!settings.path().equals(AccessLogSettings.STANDARD_ERROR)) {
        out.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("the access log did not end cleanly", e);
    }
  }
}
