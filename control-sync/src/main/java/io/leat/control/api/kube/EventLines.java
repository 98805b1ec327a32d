package io.leat.control.api.kube;

import io.leat.control.store.ChangeEvent;
import java.util.LinkedHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The lines that watchers were told last, so that an event is encoded once for all of them.
 *
 * <p>Used by any thread. The oldest lines go when all of them together are longer than a bound.
 */
final class EventLines {
  private final long mostBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<Key, byte[]> lines = new LinkedHashMap<>();
  private long bytes;

  /** Which line it is: an event is the same for all watchers of a store. */
  private record Key(ChangeEvent event, String type) {
    @Override
    @SuppressWarnings("ReferenceEquality") // To compare what is the same would read it all.
    public boolean equals(Object other) {
      return other instanceof Key key && key.event == event && key.type.equals(type);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(event.version());
    }
  }

  /** Keeps lines of so many bytes, and the newest line in any case. */
  EventLines(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** The line of an event, made now if nobody asked for it before. */
  byte[] of(ChangeEvent event, String type, Supplier<byte[]> encoding) {
    Key key = new Key(event, type);
    lock.lock();
    try {
      byte[] known = lines.get(key);
      if (known != null) {
        return known;
      }
      byte[] line = encoding.get();
      lines.put(key, line);
      bytes += line.length;
      while (bytes > mostBytes && lines.size() > 1) {
        bytes -= lines.pollFirstEntry().getValue().length;
      }
      return line;
    } finally {
      lock.unlock();
    }
  }
}
