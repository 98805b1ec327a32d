package io.leat.control.standalone;

import io.leat.control.eventing.kafka.KafkaContext;
import io.leat.control.eventing.kafka.KafkaLog;
import io.leat.proxy.fanout.LogFactory;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.log.MemoryLog;
import io.leat.proxy.log.segment.LogOptions;
import io.leat.proxy.log.segment.SegmentedLog;
import io.leat.proxy.log.segment.Surroundings;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.ChannelStorage.Durability;
import io.leat.proxy.table.EventChannel;
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

  /**
   * Logs of one process.
   *
   * @param directories where those are that are kept in files
   * @param instance names it among those that share Channels on Kafka, also after a restart
   */
  ChannelLogs(DeletedChannels directories, String instance) {
    this.directories = directories;
    this.instance = instance;
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
    return new MemoryLog(storage.maxBytes(), Clock.systemUTC());
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

  private static EventLog files(Path directory, ChannelId id, ChannelStorage storage) {
    Surroundings surroundings =
        new Surroundings(
            Clock.systemUTC(),
            Thread.ofPlatform().daemon().name("leat-log-" + id.name()).factory(),
            new SecureRandom());
    try {
      return SegmentedLog.open(LogOptions.of(directory, storage), surroundings);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
