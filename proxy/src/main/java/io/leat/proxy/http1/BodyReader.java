package io.leat.proxy.http1;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Follows one message body and says which bytes go on, as the largest possible slices of what was
 * received.
 *
 * <p>One per direction of a connection, reused from message to message by the thread of that
 * connection. After {@link #failed()} the body is broken for good: nothing that follows belongs to
 * it, and what was passed on must not be completed.
 */
public final class BodyReader {
  private static final int MAX_EXTENSION_BYTES = 1024;
  private static final int MAX_SIZE_DIGITS = 16;

  /** Takes what goes on, in order. */
  public interface Sink {
    /** Takes one piece; the receiver owns and releases it. */
    void accept(ByteBuf slice);

    /**
     * Takes the next bytes by copying them, which costs less than a slice when they are few.
     *
     * @param in stays owned by the caller; its reader index advances when they were taken
     * @return whether they were taken; when not, they follow as a slice
     */
    default boolean copied(ByteBuf in, int length) {
      return false;
    }
  }

  private enum State {
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_START,
    TRAILER_LINE,
    TRAILER_LF,
    END_LF,
    DONE,
    FAILED
  }

  /** Both are made for the first body that has one: idle connections have none. */
  private @Nullable ChunkExtension extension;

  private @Nullable TrailerSection trailers;
  private Framing framing = Framing.NONE;
  private State state = State.DONE;
  private boolean forwardTrailers;
  private boolean dechunk;
  private long remaining;
  private long total;
  private int digits;
  private int extensionBytes;

  /** Start of the bytes that go on in the current buffer, or -1. */
  private int keep;

  /** A reader with no body to read. */
  public BodyReader() {}

  /**
   * Begins a body. Chunk framing is kept unless {@link #dechunk} is set.
   *
   * @param contentLength with {@link Framing#LENGTH}
   * @param forwardTrailers whether the receiver understands trailers; they are dropped otherwise
   */
  public void start(Framing framing, long contentLength, boolean forwardTrailers) {
    this.framing = framing;
    this.forwardTrailers = forwardTrailers;
    total = 0;
    remaining = 0;
    switch (framing) {
      case NONE -> state = State.DONE;
      case LENGTH -> {
        remaining = contentLength;
        state = remaining == 0 ? State.DONE : State.DATA;
      }
      case UNTIL_CLOSE -> state = State.DATA;
      case CHUNKED -> {
        state = State.SIZE;
        digits = 0;
        extensionBytes = 0;
        TrailerSection before = trailers;
        if (before != null) {
          before.reset();
        }
      }
    }
  }

  /** Whether chunked bodies are passed on as bare data; stays set for the bodies that follow. */
  public void dechunk(boolean on) {
    dechunk = on;
  }

  /** Whether the body is complete. */
  public boolean done() {
    return state == State.DONE;
  }

  /** Whether the framing is broken or the peer closed too early. */
  public boolean failed() {
    return state == State.FAILED;
  }

  /** Bytes of data so far, without framing. */
  public long bytes() {
    return total;
  }

  /** Tells that the peer closed: this ends a body that lasts until close and breaks any other. */
  public void endOfInput() {
    if (state != State.DONE) {
      state = framing == Framing.UNTIL_CLOSE ? State.DONE : State.FAILED;
    }
  }

  /**
   * Consumes what belongs to this body and passes on what is forwarded.
   *
   * @param in stays owned by the caller; its reader index advances
   */
  public void read(ByteBuf in, Sink sink) {
    if (state.compareTo(State.DONE) >= 0 || !in.isReadable()) {
      return;
    }
    if (framing == Framing.CHUNKED) {
      readChunked(in, sink);
      return;
    }
    int size = in.readableBytes();
    if (framing == Framing.LENGTH) {
      size = (int) Math.min(size, remaining);
      remaining -= size;
      if (remaining == 0) {
        state = State.DONE;
      }
    }
    total += size;
    if (!sink.copied(in, size)) {
      sink.accept(in.readRetainedSlice(size));
    }
  }

  private void readChunked(ByteBuf in, Sink sink) {
    int p = in.readerIndex();
    int end = in.writerIndex();
    keep = passes() ? p : -1;
    while (p < end && state.compareTo(State.DONE) < 0) {
      if (state == State.DATA) {
        int size = (int) Math.min(remaining, end - p);
        p += size;
        total += size;
        remaining -= size;
        if (remaining == 0) {
          state = State.DATA_CR;
          if (dechunk) {
            pass(in, p, sink);
          }
        }
      } else {
        step(in, p, sink);
        p++;
      }
    }
    if (state != State.FAILED) {
      pass(in, p, sink);
    }
    in.readerIndex(p);
  }

  private boolean passes() {
    return switch (state) {
      case DATA -> true;
      case EXTENSION, TRAILER_LINE, TRAILER_LF -> false;
      default -> !dechunk;
    };
  }

  /** Passes on the bytes since {@link #keep}; what follows is dropped until it is set again. */
  private void pass(ByteBuf in, int end, Sink sink) {
    if (keep >= 0 && end > keep) {
      sink.accept(in.retainedSlice(keep, end - keep));
    }
    keep = -1;
  }

  private void step(ByteBuf in, int p, Sink sink) {
    int c = in.getByte(p);
    switch (state) {
      case SIZE -> size(in, p, c, sink);
      case EXTENSION -> extension(p, c);
      case SIZE_LF -> sizeEnd(p, c);
      case DATA_CR -> expect(c, '\r', State.DATA_LF);
      case DATA_LF -> expect(c, '\n', State.SIZE);
      case TRAILER_START -> trailerStart(in, p, c, sink);
      case TRAILER_LINE -> {
        if (c == '\r') {
          state = State.TRAILER_LF;
        } else if (c == '\n' || !trailers().add(c)) {
          state = State.FAILED;
        }
      }
      case TRAILER_LF -> {
        boolean good = c == '\n' && trailers().endLine(forwardTrailers && !dechunk);
        state = good ? State.TRAILER_START : State.FAILED;
      }
      case END_LF -> expect(c, '\n', State.DONE);
      case DATA, DONE, FAILED -> throw new IllegalStateException(state.name());
    }
  }

  private TrailerSection trailers() {
    TrailerSection made = trailers;
    if (made == null) {
      made = new TrailerSection();
      trailers = made;
    }
    return made;
  }

  private ChunkExtension extension() {
    ChunkExtension made = extension;
    if (made == null) {
      made = new ChunkExtension();
      extension = made;
    }
    return made;
  }

  private void expect(int c, char wanted, State then) {
    state = c == wanted ? then : State.FAILED;
  }

  private void size(ByteBuf in, int p, int c, Sink sink) {
    int digit = Octets.hex(c);
    if (digit >= 0) {
      // More than 63 bits could not be counted.
      if (++digits > MAX_SIZE_DIGITS || remaining > Long.MAX_VALUE >>> 4) {
        state = State.FAILED;
      }
      remaining = remaining << 4 | digit;
    } else if (digits == 0) {
      state = State.FAILED;
    } else if (c == '\r') {
      state = State.SIZE_LF;
    } else if (c == ';') {
      pass(in, p, sink);
      extension().start();
      extension(p, c);
    } else {
      state = State.FAILED;
    }
  }

  private void extension(int p, int c) {
    if (!extension().accept(c)) {
      state = State.FAILED;
    } else if (c == '\r') {
      state = State.SIZE_LF;
      keep = dechunk ? -1 : p;
    } else {
      state = ++extensionBytes > MAX_EXTENSION_BYTES ? State.FAILED : State.EXTENSION;
    }
  }

  private void sizeEnd(int p, int c) {
    digits = 0;
    if (c != '\n') {
      state = State.FAILED;
    } else if (remaining == 0) {
      state = State.TRAILER_START;
    } else {
      state = State.DATA;
      if (dechunk) {
        keep = p + 1;
      }
    }
  }

  private void trailerStart(ByteBuf in, int p, int c, Sink sink) {
    if (c != '\r') {
      pass(in, p, sink);
      boolean good = Octets.lowerToken((byte) c) != 0 && trailers().add(c);
      state = good ? State.TRAILER_LINE : State.FAILED;
      return;
    }
    state = State.END_LF;
    if (dechunk) {
      return;
    }
    TrailerSection received = trailers;
    if (received != null && !received.isEmpty()) {
      sink.accept(received.copy(in.alloc()));
    }
    if (keep < 0) {
      keep = p;
    }
  }
}
