package io.leat.proxy.fanout.delivery;

import io.leat.proxy.fanout.stored.StoredEvent;
import io.leat.proxy.log.AppendListener;
import io.leat.proxy.table.ChannelId;
import org.jspecify.annotations.Nullable;

/** The Channels of this process, to which an event goes on without HTTP. Any thread. */
public interface ChannelPort {

  /** The Channel that takes what is sent to a URI, or null when none of this process does. */
  @Nullable ChannelId channel(String uri);

  /** Appends an event that another Channel hands on; the path is that of the sender. */
  void append(ChannelId to, StoredEvent event, Taken taken);

  /** Is told once what became of an event, on any thread. */
  interface Taken extends AppendListener {
    /**
     * The Channel does not keep it, because its data breaks the schema of its type.
     *
     * @param problem one line of printable ASCII
     */
    void broken(String problem);
  }
}
