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
    // Slices of a shared buffer are on their way to the other side and must not move.
    if (first.refCnt() > 1 || first.isReadOnly()) {
      joined = allocator.directBuffer(first.readableBytes() + second.readableBytes() + GROWTH);
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
