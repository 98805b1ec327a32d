package io.leat.proxy.server;

import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.HeadEnd;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.upstream.LoopContext;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds request heads in what a client sent; remembers how far it has searched. Used by one event
 * loop.
 */
final class HeadReader {
  private final LoopContext loop;
  private final ReceivedBytes received;
  private int searched;
  private boolean begun;
  private @Nullable Rejection malformed;

  /** What was found. */
  enum Found {
    /** No new byte that says anything. */
    NOTHING,
    /** The first bytes of a head. */
    BEGINNING,
    /** A head, in {@link LoopContext#requestHead}. */
    HEAD,
    /** Something else, see {@link #malformed}. */
    MALFORMED
  }

  HeadReader(LoopContext loop, ReceivedBytes received) {
    this.loop = loop;
    this.received = received;
  }

  Found read() {
    ByteBuf in = received.peek();
    if (in == null) {
      return Found.NOTHING;
    }
    if (RequestHead.skipLeadingCrlf(in) > 0) {
      searched = 0;
    }
    int start = in.readerIndex();
    if (searched == 0) {
      int whole = loop.requestHead().parseAhead(in, start, in.writerIndex());
      if (whole >= 0) {
        begun = false;
        in.readerIndex(whole);
        received.trim();
        return Found.HEAD;
      }
    }
    int end = HeadEnd.find(in, start + Math.max(0, searched - 3), in.writerIndex());
    if (end < 0) {
      return readPart(in);
    }
    searched = 0;
    begun = false;
    malformed = loop.requestHead().parse(in, start, end - start);
    in.readerIndex(end);
    received.trim();
    return malformed == null ? Found.HEAD : Found.MALFORMED;
  }

  private Found readPart(ByteBuf in) {
    if (!in.isReadable()) {
      received.trim();
      searched = 0;
      return Found.NOTHING;
    }
    searched = in.readableBytes();
    malformed = loop.requestHead().checkPartial(in, in.readerIndex(), searched);
    if (malformed != null) {
      return Found.MALFORMED;
    }
    boolean first = !begun;
    begun = true;
    return first ? Found.BEGINNING : Found.NOTHING;
  }

  /** Whether a head has begun and is not whole. */
  boolean begun() {
    return begun;
  }

  /** What is wrong with what was read last. */
  Rejection malformed() {
    Rejection reason = malformed;
    return reason == null ? Rejection.BAD_REQUEST : reason;
  }
}
