package io.leat.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Joins bytes that arrived apart. */
public final class Buffers {
  private static final int GROWTH = 512;

  private Buffers() {}

  /** One buffer with the bytes of both; both are consumed. */
  public static ByteBuf join(ByteBufAllocator allocator, ByteBuf first, ByteBuf second) {
    if (!first.isReadable()) {
      first.release();
      return second;
    }
    ByteBuf joined = first;
    int size = first.readableBytes() + second.readableBytes();
    // Slices of a shared buffer are on their way to the other side and must not move; a slice of
    // io_uring's ring cannot grow.
    if (first.refCnt() > 1 || first.isReadOnly() || first.maxCapacity() < size) {
      joined = allocator.directBuffer(size + GROWTH);
      joined.writeBytes(first);
      first.release();
    } else if (first.writableBytes() < second.readableBytes()) {
      first.discardReadBytes();
    }
    joined.writeBytes(second);
    second.release();
    return joined;
  }
}
