package io.leat.control.eventing.kafka;

import io.leat.proxy.table.ChannelStorage;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what every cursor of a topic has finished and nobody may replay any more, and finds out
 * whether a cursor is behind the limits of its Channel.
 *
 * <p>Kafka itself deletes nothing: it would delete by age and size what was not delivered.
 */
final class KafkaUpkeep implements Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaUpkeep.class);
  private static final long PAUSE_MILLIS = 2_000;

  private final KafkaTopic topic;
  private final KafkaGroups groups;
  private final TopicExtent extent;
  private final ChannelStorage storage;
  private final KafkaContext context;
  private final Thread thread;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean behind;
  private boolean failing;

  KafkaUpkeep(
      KafkaTopic topic,
      KafkaGroups groups,
      TopicExtent extent,
      ChannelStorage storage,
      KafkaContext context) {
    this.topic = topic;
    this.groups = groups;
    this.extent = extent;
    this.storage = storage;
    this.context = context;
    this.thread = context.threads().newThread(this);
  }

  void start() {
    thread.start();
  }

  /** Whether new records must be refused. */
  boolean refuses() {
    return behind && storage.breach() == ChannelStorage.Breach.BLOCK;
  }

  @Override
  public void run() {
    try {
      while (!stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        turn();
      }
    } catch (InterruptedException interrupted) {
      LOG.warn("{}: upkeep ends, its thread was interrupted", topic.name());
    }
  }

  private void turn() {
    try {
      look();
      failing = false;
    } catch (IOException failed) {
      if (!failing && stopped.getCount() > 0) {
        failing = true;
        LOG.warn("{}: upkeep is tried again: {}", topic.name(), failed.getMessage());
      }
    }
  }

  /** One look at the whole topic. */
  void look() throws IOException {
    Map<TopicPartition, Long> first = topic.first();
    Map<TopicPartition, Long> end = topic.end();
    extent.asked(first, end);
    long oldest = Math.max(0, context.clock().millis() - storage.maxAge().toMillis());
    Map<TopicPartition, Long> young = topic.since(oldest);
    Map<TopicPartition, Long> finished = new HashMap<>(end);
    boolean late = false;
    for (String cursor : groups.cursors()) {
      Map<TopicPartition, Long> committed = groups.committed(cursor);
      long records = 0;
      for (TopicPartition at : topic.partitions()) {
        long begin = first.getOrDefault(at, 0L);
        long place = Math.max(begin, committed.getOrDefault(at, begin));
        records += Math.max(0, end.getOrDefault(at, 0L) - place);
        late |= place < young.getOrDefault(at, 0L);
        finished.merge(at, place, Math::min);
      }
      late |= records * extent.meanBytes() > storage.maxBytes();
    }
    behind = late;
    boolean tooMuch = extent.kept() * extent.meanBytes() > storage.maxBytes();
    Map<TopicPartition, Long> before = new HashMap<>();
    finished.forEach((at, place) -> {
      long limit = tooMuch ? place : Math.min(place, young.getOrDefault(at, 0L));
      if (limit > first.getOrDefault(at, 0L)) {
        before.put(at, limit);
      }
    });
    topic.delete(before);
  }

  @Override
  public void close() {
    stopped.countDown();
    try {
      if (thread.isAlive()) {
        thread.join(Duration.ofSeconds(30));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
