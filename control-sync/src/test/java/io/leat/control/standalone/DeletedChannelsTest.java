package io.leat.control.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.resource.Kind;
import io.leat.control.resource.MessagingSpec.MessagingChannelSpec;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.MemoryStore;
import io.leat.control.store.ResourceStore;
import io.leat.proxy.log.EventLog;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.EventChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a deleted Channel leaves on disk is removed, and nothing else is. */
final class DeletedChannelsTest {
  private static final ChannelId ORDERS = new ChannelId("default", "orders");
  private static final ResourceKey KEY =
      new ResourceKey(Kind.MESSAGING_CHANNEL, "default", "orders");

  private final ResourceStore store =
      new MemoryStore(Instant::now, () -> UUID.randomUUID().toString());
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private DeletedChannels deleted;

  @TempDir Path folder;

  @BeforeEach
  void begin() {
    restart();
    create("orders");
    create("other");
    open("orders").close();
    open("other").close();
  }

  private void restart() {
    deleted =
        new DeletedChannels(folder, Duration.ofMinutes(10), () -> now, command -> command.run());
    deleted.follow(store);
  }

  private void create(String name) {
    assertThat(
            store
                .create(
                    Resource.of(
                        Kind.MESSAGING_CHANNEL,
                        Metadata.of("default", name),
                        new MessagingChannelSpec(null, null, null)))
                .succeeded())
        .isTrue();
  }

  private void delete() {
    assertThat(store.delete(KEY, 0).succeeded()).isTrue();
  }

  private EventLog open(String name) {
    ChannelId id = new ChannelId("default", name);
    return new ChannelLogs(deleted, "test")
        .open(new EventChannel(id, ChannelStorage.DEFAULT, List.of()));
  }

  private void pass(long minutes) {
    now = now.plus(Duration.ofMinutes(minutes));
    deleted.look();
  }

  private Path orders() {
    return folder.resolve(ORDERS.namespace()).resolve(ORDERS.name());
  }

  @Test
  void itIsRemovedSomeTimeAfterItsChannelAndOthersStay() {
    delete();
    pass(9);
    assertThat(orders()).isDirectory();
    pass(1);
    assertThat(orders()).doesNotExist();
    assertThat(folder.resolve(".trash")).isEmptyDirectory();
    assertThat(orders().resolveSibling("other")).isDirectory();
  }

  @Test
  void aChannelThatIsOnlyAbsentKeepsItsDirectory() throws IOException {
    Path unknown = Files.createDirectories(folder.resolve("default/unknown"));
    pass(60);
    assertThat(unknown).isDirectory();
    assertThat(orders()).isDirectory();
  }

  @Test
  void oneThatComesBackKeepsItsDirectoryHoweverLongLater() {
    delete();
    pass(9);
    create("orders");
    pass(20);
    assertThat(orders()).isDirectory();
    delete();
    pass(9);
    assertThat(orders()).isDirectory();
  }

  @Test
  void oneWhoseLogIsOpenStays() throws IOException {
    EventLog log = open("orders");
    delete();
    pass(20);
    assertThat(orders()).isDirectory();
    log.close();
    pass(1);
    assertThat(orders()).doesNotExist();
    assertThat(Files.isDirectory(folder.resolve("default"))).isTrue();
  }

  @Test
  void openingItAgainTakesTheMarkAway() {
    delete();
    open("orders").close();
    pass(20);
    assertThat(orders()).isDirectory();
  }

  @Test
  void theNextLifeGoesOnWhereThisOneEnded() throws IOException {
    delete();
    deleted.close();
    Path half = Files.createDirectories(folder.resolve(".trash/default.old.1/sub"));
    Files.writeString(half.resolve("0.log"), "x");
    restart();
    pass(9);
    assertThat(folder.resolve(".trash")).isEmptyDirectory();
    assertThat(orders()).isDirectory();
    pass(1);
    assertThat(orders()).doesNotExist();
  }
}
