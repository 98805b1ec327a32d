package io.leat.control.eventing.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leat.control.eventing.kafka.PartitionProgress.Pending;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.log.LogCursor;
import io.leat.proxy.log.LogEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One subscription's place in a topic: what its consumer has fetched, and what is not finished.
 *
 * <p>The consumer's thread fills it, one thread reads, any thread finishes: all under one lock that
 * nobody holds while waiting. {@link #again} fetches what is no longer in memory.
 */
final class KafkaCursor implements LogCursor {
  /** Records that were fetched and not read: above, the consumer pauses. */
  private static final int MOST_RECORDS = 4096;

  private static final long MOST_BYTES = 4L << 20;

  /** Payloads of read, unfinished records that stay in memory. */
  private static final long MOST_KEPT = 8L << 20;

  private final String name;
  private final byte[] nameBytes;
  private final KafkaTopic topic;
  private final KafkaGroups groups;
  private final ColdReader reader;
  private final TopicExtent extent;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<TopicPartition, PartitionProgress> partitions = new HashMap<>();
  private final Map<TopicPartition, Long> ahead = new HashMap<>();
  private final ArrayDeque<Pending> buffer = new ArrayDeque<>();
  private final List<Runnable> waiting = new ArrayList<>();
  private long bufferedBytes;
  private long unfinishedBytes;
  private long keptBytes;
  private @Nullable CursorLoop loop;

  KafkaCursor(
      String name, KafkaTopic topic, KafkaGroups groups, ColdReader reader, TopicExtent extent) {
    this.name = name;
    this.nameBytes = name.getBytes(UTF_8);
    this.topic = topic;
    this.groups = groups;
    this.reader = reader;
    this.extent = extent;
  }

  void start(CursorLoop feeder) {
    loop = feeder;
    feeder.start();
  }

  /** Commits what is finished and leaves the group. */
  void stop() {
    if (loop != null) {
      loop.close();
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<LogEntry> read(int records, long bytes) {
    List<LogEntry> entries = new ArrayList<>();
    long sum = 0;
    lock.lock();
    try {
      while (entries.size() < records) {
        Pending first = buffer.peek();
        if (first == null || (!entries.isEmpty() && sum + first.bytes > bytes)) {
          break;
        }
        buffer.remove();
        sum += first.bytes;
        bufferedBytes -= first.bytes;
        entries.add(first.read(keptBytes + first.bytes <= MOST_KEPT));
        keptBytes += first.kept();
      }
    } finally {
      lock.unlock();
    }
    return entries;
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException when it is no longer in memory and the brokers do not answer
   */
  @Override
  public LogEntry again(long offset) {
    TopicPartition at = topic.partition(KafkaRecords.partition(offset));
    lock.lock();
    try {
      PartitionProgress progress = partitions.get(at);
      Pending pending = progress == null ? null : progress.get(KafkaRecords.offset(offset));
      if (pending == null || !pending.wasRead()) {
        throw unknown(offset);
      }
      LogEntry kept = pending.again();
      if (kept != null) {
        return kept;
      }
    } finally {
      lock.unlock();
    }
    try {
      ConsumerRecord<byte[], byte[]> record = reader.from(at, KafkaRecords.offset(offset));
      if (record == null || record.offset() != KafkaRecords.offset(offset)) {
        throw unknown(offset);
      }
      return KafkaRecords.toEntry(record);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private IllegalArgumentException unknown(long offset) {
    return new IllegalArgumentException(name + ": finished or unknown: " + offset);
  }

  @Override
  public void finish(long offset) {
    TopicPartition at = topic.partition(KafkaRecords.partition(offset));
    lock.lock();
    try {
      PartitionProgress progress = partitions.get(at);
      Pending pending = progress == null ? null : progress.get(KafkaRecords.offset(offset));
      // One that another process has got since then is finished there; one that was fetched
      // again is finished when it is read.
      if (progress != null && pending != null && pending.wasRead()) {
        progress.finish(KafkaRecords.offset(offset));
        forget(pending);
      }
    } finally {
      lock.unlock();
    }
  }

  private void forget(Pending pending) {
    unfinishedBytes -= pending.bytes;
    keptBytes -= pending.kept();
  }

  @Override
  public void whenReadable(Runnable task) {
    lock.lock();
    try {
      if (buffer.isEmpty()) {
        waiting.add(task);
        return;
      }
    } finally {
      lock.unlock();
    }
    task.run();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Moves the partitions that this process reads.
   *
   * @throws UncheckedIOException when the brokers do not answer
   */
  @Override
  public void seek(CursorStart start) {
    try {
      if (loop == null) {
        throw new IOException(name + ": not started");
      }
      loop.seek(groups.places(start));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public long backlog() {
    lock.lock();
    try {
      long sum = 0;
      for (PartitionProgress progress : partitions.values()) {
        sum += progress.size();
      }
      return sum + behind();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long backlogBytes() {
    lock.lock();
    try {
      return unfinishedBytes + behind() * extent.meanBytes();
    } finally {
      lock.unlock();
    }
  }

  private long behind() {
    long sum = 0;
    for (long records : ahead.values()) {
      sum += records;
    }
    return sum;
  }

  // What follows is for the consumer's thread.

  boolean full() {
    lock.lock();
    try {
      return buffer.size() >= MOST_RECORDS || bufferedBytes >= MOST_BYTES;
    } finally {
      lock.unlock();
    }
  }

  /** Whether it has fetched all that can be read now, or all that it has room for. */
  boolean settled() {
    Map<TopicPartition, Long> ends;
    try {
      ends = topic.end();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    lock.lock();
    try {
      return !hasRoom()
          || (partitions.keySet().containsAll(ends.keySet())
              && behind() == 0
              && partitions.entrySet().stream()
                  .allMatch(
                      each -> each.getValue().behind(ends.getOrDefault(each.getKey(), 0L)) == 0));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether it has taken a record that was acknowledged, or has no room: a transaction may be
   * committed some time before the end of its partition shows it.
   */
  boolean hasTaken(long packed) {
    lock.lock();
    try {
      long end = KafkaRecords.offset(packed) + 1;
      return !hasRoom()
          || partitions.entrySet().stream()
              .filter(each -> each.getKey().partition() == KafkaRecords.partition(packed))
              .anyMatch(each -> each.getValue().behind(end) == 0);
    } finally {
      lock.unlock();
    }
  }

  int buffered() {
    lock.lock();
    try {
      return buffer.size();
    } finally {
      lock.unlock();
    }
  }

  boolean hasRoom() {
    lock.lock();
    try {
      return buffer.size() <= MOST_RECORDS / 2 && bufferedBytes <= MOST_BYTES / 2;
    } finally {
      lock.unlock();
    }
  }

  boolean has(TopicPartition partition) {
    lock.lock();
    try {
      return partitions.containsKey(partition);
    } finally {
      lock.unlock();
    }
  }

  /** Begins a partition, anew if it has it. */
  void begin(TopicPartition partition, PartitionProgress progress) {
    lock.lock();
    try {
      revoked(List.of(partition));
      partitions.put(partition, progress);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets partitions: whoever has them now goes on at their commits. */
  void revoked(Collection<TopicPartition> gone) {
    lock.lock();
    try {
      for (TopicPartition partition : gone) {
        ahead.remove(partition);
        PartitionProgress progress = partitions.remove(partition);
        if (progress != null) {
          progress.pending().forEach(this::forget);
          buffer.removeIf(pending -> {
            boolean drop = KafkaRecords.partition(pending.offset) == partition.partition();
            bufferedBytes -= drop ? pending.bytes : 0;
            return drop;
          });
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes what was fetched, and calls who waits for it. */
  void take(ConsumerRecords<byte[], byte[]> fetched) {
    List<Runnable> ready = List.of();
    lock.lock();
    try {
      for (ConsumerRecord<byte[], byte[]> record : fetched) {
        take(record);
      }
      fetched
          .nextOffsets()
          .forEach((partition, next) -> {
            PartitionProgress progress = partitions.get(partition);
            if (progress != null) {
              progress.reached(next.offset());
            }
          });
      if (!buffer.isEmpty() && !waiting.isEmpty()) {
        ready = List.copyOf(waiting);
        waiting.clear();
      }
    } finally {
      lock.unlock();
    }
    ready.forEach(Runnable::run);
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    PartitionProgress progress =
        partitions.get(new TopicPartition(record.topic(), record.partition()));
    if (progress == null) {
      throw new IllegalStateException("not assigned: partition " + record.partition());
    }
    if (progress.knows(record.offset()) || !KafkaRecords.isFor(record, nameBytes)) {
      return;
    }
    Pending pending = new Pending(KafkaRecords.toEntry(record));
    progress.add(record.offset(), pending);
    buffer.add(pending);
    bufferedBytes += pending.bytes;
    unfinishedBytes += pending.bytes;
    extent.saw(pending.bytes);
  }

  /** How many records of a partition are behind what was fetched. */
  void behind(TopicPartition partition, long records) {
    lock.lock();
    try {
      ahead.put(partition, records);
    } finally {
      lock.unlock();
    }
  }

  /** The end of a partition whose consumer is paused. */
  void ends(TopicPartition partition, long offset) {
    lock.lock();
    try {
      PartitionProgress progress = partitions.get(partition);
      if (progress != null) {
        ahead.put(partition, progress.behind(offset));
      }
    } finally {
      lock.unlock();
    }
  }

  /** What has to be committed of some partitions. */
  Map<TopicPartition, OffsetAndMetadata> commits(Collection<TopicPartition> of) {
    Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
    lock.lock();
    try {
      for (TopicPartition partition : of) {
        PartitionProgress progress = partitions.get(partition);
        OffsetAndMetadata commit = progress == null ? null : progress.commit();
        if (commit != null) {
          commits.put(partition, commit);
        }
      }
    } finally {
      lock.unlock();
    }
    return commits;
  }

  void committed(Map<TopicPartition, OffsetAndMetadata> commits) {
    lock.lock();
    try {
      commits.forEach((partition, commit) -> {
        PartitionProgress progress = partitions.get(partition);
        if (progress != null) {
          progress.committed(commit);
        }
      });
    } finally {
      lock.unlock();
    }
  }
}
