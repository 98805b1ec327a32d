package io.leat.proxy.server;

import io.leat.proxy.upstream.Buffers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** What a client sent and nobody has used yet, in one buffer. Used by one event loop. */
final class ReceivedBytes {
  private final ByteBufAllocator allocator;
  private @Nullable ByteBuf kept;

  ReceivedBytes(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  /** Adds bytes; ownership passes. */
  void add(ByteBuf in) {
    ByteBuf before = kept;
    kept = before == null ? in : Buffers.join(allocator, before, in);
  }

  /** The bytes, still owned here; null when there are none. */
  @Nullable ByteBuf peek() {
    return kept;
  }

  /** The bytes, owned by the caller. */
  @Nullable ByteBuf take() {
    ByteBuf taken = kept;
    kept = null;
    return taken;
  }

  /** Memory that the bytes keep. */
  int capacity() {
    ByteBuf now = kept;
    return now == null ? 0 : now.capacity();
  }

  int size() {
    ByteBuf now = kept;
    return now == null ? 0 : now.readableBytes();
  }

  /** Gives the buffer back when it was read to its end. */
  void trim() {
    ByteBuf now = kept;
    if (now != null && !now.isReadable()) {
      kept = null;
      now.release();
    }
  }

  void drop() {
    ByteBuf now = kept;
    kept = null;
    if (now != null) {
      now.release();
    }
  }
}
