package io.leat.control.standalone;

import io.leat.control.eventing.kafka.KafkaContext;
import io.leat.control.eventing.kafka.KafkaLog;
import io.leat.proxy.fanout.LogFactory;
import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.log.DedupWindow;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.MemoryLog;
import io.leat.proxy.log.segment.LogOptions;
import io.leat.proxy.log.segment.SegmentedLog;
import io.leat.proxy.log.segment.Surroundings;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.ChannelStorage.Durability;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.telemetry.Metric;
import io.leat.proxy.telemetry.SharedDurations;
import io.leat.proxy.telemetry.Telemetry;
import io.leat.proxy.telemetry.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;

/** The logs of Channels by their provisioner; files are kept per Channel below one folder. */
final class ChannelLogs implements LogFactory {
  private final DeletedChannels directories;
  private final String instance;
  private final SharedDurations syncs = new SharedDurations();

  ChannelLogs(DeletedChannels directories, String instance) {
    this.directories = directories;
    this.instance = instance;
  }

  /**
   * Logs of one process, which is known among those that share Channels on Kafka by what one life
   * of it has in common with the next: its state directory, and in a cluster, where that is the
   * same everywhere, the name of its pod.
   *
   * @param directories where those are that are kept in files
   */
  static ChannelLogs in(Path stateDir, Truth truth, DeletedChannels directories) {
    String directory = Integer.toHexString(stateDir.toString().hashCode());
    String instance =
        truth instanceof Truth.Kubernetes ? directory + "-" + KubernetesGround.host() : directory;
    return new ChannelLogs(directories, instance);
  }

  /** Whether every process that opens a log of this storage has the same events. */
  static boolean isShared(ChannelStorage storage) {
    return storage.provisioner().equals("kafka");
  }

  /** Shows how long syncs take; once per telemetry. */
  void register(Telemetry telemetry) {
    telemetry.histogramRows(Metric.LOG_FSYNC, syncs.rows());
  }

  @Override
  public EventLog open(EventChannel channel) {
    ChannelStorage storage = channel.storage();
    return switch (storage.provisioner()) {
      case "log" ->
          storage.durability() == Durability.MEMORY
              ? memory(storage)
              : directories.opening(channel.id(), at -> files(at, channel.id(), storage));
      case "memory" -> memory(storage);
      case "kafka" -> kafka(channel.id(), storage);
      default ->
          throw new IllegalArgumentException("no such provisioner: " + storage.provisioner());
    };
  }

  private static EventLog memory(ChannelStorage storage) {
    ChannelStorage.Dedup dedup = storage.dedup();
    return new MemoryLog(
        storage.maxBytes(),
        Clock.systemUTC(),
        dedup == null ? null : new DedupWindow(dedup, StoredEvent::identity));
  }

  private EventLog kafka(ChannelId id, ChannelStorage storage) {
    KafkaContext context =
        new KafkaContext(
            InstantSource.system(),
            Ticker.system(),
            Thread.ofPlatform().daemon().name("leat-kafka-" + id.name()).factory(),
            instance);
    try {
      return KafkaLog.open(id, storage, context);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private EventLog files(Path directory, ChannelId id, ChannelStorage storage) {
    Surroundings surroundings =
        new Surroundings(
            Clock.systemUTC(),
            Thread.ofPlatform().daemon().name("leat-log-" + id.name()).factory(),
            new SecureRandom(),
            Ticker.system(),
            syncs,
            StoredEvent::identity);
    try {
      return SegmentedLog.open(LogOptions.of(directory, storage), surroundings);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
