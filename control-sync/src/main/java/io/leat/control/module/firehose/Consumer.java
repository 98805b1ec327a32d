package io.leat.control.module.firehose;

import io.leat.control.module.LogBook;
import io.leat.control.module.Urn;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Carries batches from a source to a sink on a virtual thread, each at least once: a position is
 * kept only after everything before it was delivered, and a batch that fails is tried again, after
 * longer and longer pauses.
 *
 * <p>At most one batch is in memory. Its replicas deliver parts of it side by side. Counters are
 * written by the thread and read by any.
 */
final class Consumer {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Urn urn;
  private final FirehoseConfig config;
  private final Source source;
  private final Sink sink;
  private final Position position;
  private final LogBook logs;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private volatile Progress progress = new Progress(0, 0, 0, "");

  /** What a consumer did since it was started. */
  record Progress(long delivered, long batches, long failures, String lastError) {
    Progress delivered(int lines) {
      return new Progress(delivered + lines, batches + 1, failures, "");
    }

    Progress failed(String error) {
      return new Progress(delivered, batches, failures + 1, error);
    }
  }

  /** What a consumer works with. */
  record Ports(Source source, Sink sink, Position position, LogBook logs) {}

  Consumer(Urn urn, FirehoseConfig config, Ports ports) {
    this.urn = urn;
    this.config = config;
    this.source = ports.source();
    this.sink = ports.sink();
    this.position = ports.position();
    this.logs = ports.logs();
    this.thread = Thread.ofVirtual().name("leat-firehose-" + urn.name()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  FirehoseConfig config() {
    return config;
  }

  Progress progress() {
    return progress;
  }

  /** Has it take no further batch. */
  void askToStop() {
    stop.countDown();
  }

  /** Ends it after the batch that it is at, or in the middle of one that takes longer than that. */
  void stop(Duration grace) throws InterruptedException {
    askToStop();
    if (!thread.join(grace)) {
      thread.interrupt();
      thread.join();
    }
  }

  private void log(String level, String text) {
    if (config.logs(level)) {
      logs.add(urn, "firehose", level + " " + text);
    }
  }

  private void run() {
    log("INFO", "begins");
    Duration pause = FIRST_PAUSE;
    try (ExecutorService replicas = Executors.newVirtualThreadPerTaskExecutor()) {
      while (stop.getCount() > 0) {
        try {
          boolean more = carry(replicas);
          pause = FIRST_PAUSE;
          if (!more && stop.await(config.interval().toMillis(), TimeUnit.MILLISECONDS)) {
            break;
          }
        } catch (IOException | RuntimeException failure) {
          progress = progress.failed(String.valueOf(failure.getMessage()));
          log("WARN", "tries again in " + pause.toMillis() + " ms: " + failure.getMessage());
          if (stop.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
            break;
          }
          Duration doubled = pause.multipliedBy(2);
          pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    log("INFO", "ends after " + progress.delivered() + " lines");
  }

  /** Carries one batch, if there is one. */
  private boolean carry(ExecutorService replicas) throws IOException, InterruptedException {
    String before = position.read();
    Source.Batch batch = source.next(before);
    if (!batch.lines().isEmpty()) {
      deliver(batch.lines(), replicas);
      progress = progress.delivered(batch.lines().size());
      log("DEBUG", "delivered " + batch.lines().size() + " lines");
    }
    if (!batch.position().equals(before)) {
      position.write(batch.position());
      source.kept();
    }
    return !batch.lines().isEmpty();
  }

  private void deliver(List<byte[]> lines, ExecutorService replicas)
      throws IOException, InterruptedException {
    int parts = Math.min(config.replicas(), lines.size());
    if (parts == 1) {
      sink.deliver(lines);
      return;
    }
    List<Callable<Boolean>> tasks = new ArrayList<>(parts);
    for (int i = 0; i < parts; i++) {
      List<byte[]> part = lines.subList(lines.size() * i / parts, lines.size() * (i + 1) / parts);
      tasks.add(() -> {
        sink.deliver(part);
        return true;
      });
    }
    for (Future<Boolean> done : replicas.invokeAll(tasks)) {
      try {
        var _ = done.get();
      } catch (ExecutionException failure) {
        throw new IOException(String.valueOf(failure.getCause()), failure);
      }
    }
  }
}
