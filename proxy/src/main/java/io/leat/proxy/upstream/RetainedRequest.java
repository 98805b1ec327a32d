package io.leat.proxy.upstream;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a request so that it can be sent again: its head until an answer begins, when the
 * request may be repeated; and its head and the body bytes that go with it, until they are flushed
 * to a reused connection, when it may not. Used by one event loop.
 */
final class RetainedRequest {
  /** Parts of a body before the first flush; with more, none are kept. */
  private static final int MAX_PARTS = 8;

  private static final @Nullable ByteBuf[] NO_PARTS = {};

  private @Nullable ByteBuf[] parts = NO_PARTS;
  private @Nullable ByteBuf head;
  private int count;
  private boolean repeatable;
  private boolean keeping;

  /**
   * Takes a request.
   *
   * @param rewritten its head; ownership passes
   * @param mayRepeat whether an endpoint may get it twice: it is idempotent and has no body
   */
  void start(ByteBuf rewritten, boolean mayRepeat) {
    head = rewritten;
    repeatable = mayRepeat;
  }

  /** Memory that the head keeps, in bytes. */
  int capacity() {
    ByteBuf kept = head;
    return kept == null ? 0 : kept.capacity();
  }

  /** Whether an endpoint may get it twice. */
  boolean repeatable() {
    return repeatable;
  }

  /** Whether the outcome of the first flush decides what becomes of it. */
  boolean watched() {
    return keeping;
  }

  /** Whether the whole request, as far as it was read, is still here. */
  boolean available() {
    return head != null;
  }

  /** Writes, without a flush, the head and the part of the body that was kept. */
  void write(UpstreamConnection to, boolean reused) {
    ByteBuf out = head;
    if (out == null) {
      return;
    }
    out.readerIndex(0);
    keeping = reused && !repeatable;
    if (keeping) {
      to.writeWatched(out.retain());
    } else if (reused) {
      to.write(out.retain());
    } else {
      head = null;
      to.write(out);
    }
    for (int i = 0; i < count; i++) {
      ByteBuf part = parts[i];
      parts[i] = null;
      if (part != null) {
        to.write(part);
      }
    }
    count = 0;
  }

  /** Keeps a part of the body that is about to be written. */
  void keep(ByteBuf part) {
    if (!keeping) {
      return;
    }
    if (count == MAX_PARTS) {
      release();
    } else {
      if (parts.length == 0) {
        parts = new @Nullable ByteBuf[MAX_PARTS];
      }
      parts[count++] = part.retainedDuplicate();
    }
  }

  /**
   * The connection was flushed.
   *
   * @return whether nothing of the request left this process, and all of it is still here
   */
  boolean provablyUnsent(UpstreamConnection connection) {
    if (!keeping) {
      return false;
    }
    keeping = false;
    // What follows the head is written after it.
    if (connection.watchedWriteUnsent()) {
      return true;
    }
    release();
    return false;
  }

  /** Forgets the request. */
  void release() {
    keeping = false;
    ByteBuf unsent = head;
    head = null;
    if (unsent != null) {
      unsent.release();
    }
    for (int i = 0; i < count; i++) {
      ByteBuf part = parts[i];
      parts[i] = null;
      if (part != null) {
        part.release();
      }
    }
    count = 0;
  }
}
