package io.leat.control.module.firehose;

import io.leat.proxy.fanout.ChannelEngine;
import io.leat.proxy.fanout.Follower;
import io.leat.proxy.fanout.KeptEvent;
import io.leat.proxy.fanout.event.EventWriter;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.table.ChannelId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The events of a Channel, each a line of JSON as in structured mode.
 *
 * <p>The Channel's log keeps how far it came, by a cursor of its own; a position only says that
 * there was a batch. An empty one is the beginning of the log.
 */
final class ChannelSource implements Source {
  private static final String END = "end";

  private final Supplier<Optional<ChannelEngine>> channels;
  private final ChannelId channel;
  private final String name;

  /**
   * A source.
   *
   * @param name of its place in the log
   */
  ChannelSource(Supplier<Optional<ChannelEngine>> channels, ChannelId channel, String name) {
    this.channels = channels;
    this.channel = channel;
    this.name = name;
  }

  @Override
  public Batch next(String position) throws IOException {
    Follower from = follower();
    if (position.isEmpty()) {
      from.seek(new CursorStart.Beginning());
    }
    List<KeptEvent> events = from.read(MAX_LINES);
    if (events.isEmpty()) {
      return new Batch(List.of(), position);
    }
    List<byte[]> lines = new ArrayList<>(events.size());
    events.forEach(each -> lines.add(line(each)));
    return new Batch(lines, Long.toString(events.getLast().offset() + 1));
  }

  @Override
  public void kept() throws IOException {
    follower().finish();
  }

  @Override
  public String end() throws IOException {
    follower().seek(new CursorStart.End());
    return END;
  }

  private Follower follower() throws IOException {
    return channels
        .get()
        .orElseThrow(() -> new IOException("there is no channel " + channel))
        .followers()
        .follow(channel, name);
  }

  /** JSON has line ends between its parts only, where a space does as well. */
  private static byte[] line(KeptEvent kept) {
    byte[] json = EventWriter.structured(kept.event()).body();
    for (int i = 0; i < json.length; i++) {
      if (json[i] == '\n' || json[i] == '\r') {
        json[i] = ' ';
      }
    }
    return json;
  }
}
