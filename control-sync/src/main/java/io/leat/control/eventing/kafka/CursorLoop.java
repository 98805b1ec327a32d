package io.leat.control.eventing.kafka;

import io.leat.proxy.telemetry.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds one cursor: a member of its group, on a thread of its own that nobody else may do anything
 * on.
 *
 * <p>It fetches while the cursor has room, pauses its partitions while not, and commits what is
 * finished. A broker that is away is asked again until it answers.
 */
final class CursorLoop implements Runnable, ConsumerRebalanceListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CursorLoop.class);
  static final int POLL_RECORDS = 500;
  private static final Duration POLL = Duration.ofMillis(100);

  /** A paused consumer hears of room only when it looks. */
  private static final Duration PAUSED_POLL = Duration.ofMillis(10);

  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(5);
  private static final long COMMIT_NANOS = Duration.ofMillis(200).toNanos();
  private static final long MEASURE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long REST_MILLIS = 500;
  private static final long SEEK_SECONDS = 30;

  private final KafkaTopic topic;
  private final KafkaCursor cursor;
  private final Ticker ticker;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread thread;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private boolean joined;
  private boolean failing;
  private long lastCommit;
  private long lastMeasure;

  CursorLoop(
      KafkaTopic topic,
      KafkaCursor cursor,
      KafkaContext context,
      KafkaConsumer<byte[], byte[]> consumer) {
    this.topic = topic;
    this.cursor = cursor;
    this.ticker = context.ticker();
    this.consumer = consumer;
    this.thread = context.threads().newThread(this);
  }

  void start() {
    thread.start();
  }

  @Override
  public void run() {
    lastCommit = ticker.nanos();
    lastMeasure = lastCommit;
    consumer.subscribe(List.of(topic.name()), this);
    try {
      while (stopped.getCount() > 0) {
        turn();
      }
    } finally {
      leave();
    }
  }

  private void turn() {
    try {
      adopt(consumer.assignment());
      runTasks();
      boolean paused = balance();
      cursor.take(consumer.poll(paused ? PAUSED_POLL : POLL));
      measure(paused);
      commit();
      if (failing) {
        failing = false;
        LOG.warn("{} of {}: reads again", cursor.name(), topic.name());
      }
    } catch (RuntimeException failure) {
      rest(failure);
    }
  }

  /** Whatever failed is tried again: giving up would lose what comes later. */
  private void rest(RuntimeException failure) {
    if (!failing) {
      failing = true;
      LOG.warn("{} of {}: cannot read", cursor.name(), topic.name(), failure);
    }
    try {
      if (stopped.await(REST_MILLIS, TimeUnit.MILLISECONDS)) {
        LOG.debug("{}: stopped while it could not read", cursor.name());
      }
    } catch (InterruptedException interrupted) {
      LOG.warn("{} of {}: ends, its thread was interrupted", cursor.name(), topic.name());
      stopped.countDown();
    }
  }

  private void runTasks() {
    // Before the group has dealt out its partitions there is nothing to act on.
    for (Runnable task = joined ? tasks.poll() : null; task != null; task = tasks.poll()) {
      task.run();
    }
  }

  private boolean balance() {
    if (cursor.full()) {
      consumer.pause(consumer.assignment());
      return true;
    }
    Set<TopicPartition> paused = consumer.paused();
    if (!paused.isEmpty() && cursor.hasRoom()) {
      consumer.resume(paused);
      return false;
    }
    return !paused.isEmpty();
  }

  private void measure(boolean paused) {
    if (!paused) {
      for (TopicPartition partition : consumer.assignment()) {
        OptionalLong lag = consumer.currentLag(partition);
        if (lag.isPresent()) {
          cursor.behind(partition, lag.getAsLong());
        }
      }
    } else if (ticker.nanos() - lastMeasure >= MEASURE_NANOS) {
      // A paused consumer is told of no new end.
      lastMeasure = ticker.nanos();
      consumer.endOffsets(consumer.assignment()).forEach(cursor::ends);
    }
  }

  private void commit() {
    if (ticker.nanos() - lastCommit < COMMIT_NANOS) {
      return;
    }
    lastCommit = ticker.nanos();
    Map<TopicPartition, OffsetAndMetadata> commits = cursor.commits(consumer.assignment());
    if (!commits.isEmpty()) {
      consumer.commitAsync(
          commits,
          (sent, failure) -> {
            if (failure == null) {
              cursor.committed(sent);
            } else {
              LOG.debug("{}: the commit is tried again", cursor.name(), failure);
            }
          });
    }
  }

  /** Gives each new partition its place; also after a call that failed half-way. */
  private void adopt(Collection<TopicPartition> assigned) {
    Set<TopicPartition> fresh = new HashSet<>();
    for (TopicPartition partition : assigned) {
      if (!cursor.has(partition)) {
        fresh.add(partition);
      }
    }
    if (fresh.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(fresh);
    for (TopicPartition partition : fresh) {
      OffsetAndMetadata place = committed.get(partition);
      if (place == null) {
        // A partition that the topic got later: from its beginning.
        consumer.seekToBeginning(List.of(partition));
        cursor.begin(partition, new PartitionProgress(0));
      } else {
        consumer.seek(partition, place.offset());
        cursor.begin(partition, PartitionProgress.from(place));
      }
    }
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    adopt(partitions);
    joined = true;
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    commitNow(partitions);
    cursor.revoked(partitions);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    cursor.revoked(partitions);
  }

  private void commitNow(Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> commits = cursor.commits(partitions);
    if (commits.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(commits, COMMIT_TIMEOUT);
      cursor.committed(commits);
    } catch (KafkaException failure) {
      LOG.warn(
          "{} of {}: not committed, some records are read again: {}",
          cursor.name(),
          topic.name(),
          failure.toString());
    }
  }

  private void leave() {
    commitNow(consumer.assignment());
    try {
      consumer.close(CloseOptions.timeout(COMMIT_TIMEOUT));
    } catch (KafkaException failure) {
      LOG.warn("{} of {}: {}", cursor.name(), topic.name(), failure.toString());
    }
  }

  /**
   * Goes on from other places; returns when that is so.
   *
   * @throws IOException when the group does not deal out partitions, or the brokers do not answer
   */
  void seek(Map<TopicPartition, Long> places) throws IOException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    tasks.add(() -> {
      try {
        move(places);
        done.complete(null);
      } catch (RuntimeException failure) {
        done.completeExceptionally(failure);
      }
    });
    try {
      done.get(SEEK_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("kafka: interrupted", interrupted);
    } catch (ExecutionException | TimeoutException failed) {
      throw new IOException("kafka: cannot seek " + cursor.name(), failed);
    }
  }

  private void move(Map<TopicPartition, Long> places) {
    List<TopicPartition> mine = new ArrayList<>(consumer.assignment());
    for (TopicPartition partition : mine) {
      Long place = places.get(partition);
      if (place != null) {
        consumer.seek(partition, place);
        cursor.begin(partition, new PartitionProgress(place));
      }
    }
    Map<TopicPartition, OffsetAndMetadata> commits = cursor.commits(mine);
    if (!commits.isEmpty()) {
      consumer.commitSync(commits, COMMIT_TIMEOUT);
      cursor.committed(commits);
    }
  }

  /** Commits, leaves the group and ends the thread. */
  @Override
  public void close() {
    stopped.countDown();
    Ended.await(thread);
  }
}
