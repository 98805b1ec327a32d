package io.leat.proxy.accesslog;

import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.RevisionId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one request, in memory that is used again and again.
 *
 * <p>Owned by an event loop until it is published, then by the writer thread until it is handed
 * back; the queues in between order their accesses. The bytes of a client are kept as they came, up
 * to a limit per field; they are escaped when they are written.
 */
final class AccessRecord {
  static final int METHOD = 0;
  static final int HOST = 1;
  static final int PATH = 2;
  static final int REQUEST_ID = 3;
  static final int TRACEPARENT = 4;
  private static final int[] LONGEST = {32, 255, 1024, 128, 128};
  private static final int FIRST_SIZE = 512;
  private static final byte[] NOBODY = {};

  long timeMillis;
  long durationNanos;
  long holdNanos;

  /** -1 when the request was not forwarded. */
  long upstreamNanos;

  long bytesIn;
  long bytesOut;
  int status;
  boolean aborted;
  byte[] client = NOBODY;
  @Nullable Rejection rejection;
  @Nullable String route;
  @Nullable RevisionId revision;
  private final int[] starts = new int[LONGEST.length];
  private final int[] ends = new int[LONGEST.length];
  private byte[] text = new byte[FIRST_SIZE];
  private int used;

  void clear() {
    durationNanos = 0;
    holdNanos = 0;
    upstreamNanos = -1;
    bytesIn = 0;
    bytesOut = 0;
    status = 0;
    aborted = false;
    client = NOBODY;
    rejection = null;
    route = null;
    revision = null;
    Arrays.fill(starts, 0);
    Arrays.fill(ends, 0);
    used = 0;
  }

  /** Keeps the beginning of a field; the last one put counts. */
  void put(int field, byte[] source, int start, int end) {
    int length = Math.min(end - start, LONGEST[field]);
    if (used + length > text.length) {
      text = Arrays.copyOf(text, Math.max(used + length, 2 * text.length));
    }
    System.arraycopy(source, start, text, used, length);
    starts[field] = used;
    used += length;
    ends[field] = used;
  }

  /** Becomes the same request, without what stood in its header fields. */
  void copy(AccessRecord other) {
    clear();
    timeMillis = other.timeMillis;
    durationNanos = other.durationNanos;
    holdNanos = other.holdNanos;
    upstreamNanos = other.upstreamNanos;
    bytesIn = other.bytesIn;
    bytesOut = other.bytesOut;
    status = other.status;
    aborted = other.aborted;
    client = other.client;
    rejection = other.rejection;
    route = other.route;
    revision = other.revision;
    for (int field = METHOD; field <= PATH; field++) {
      put(field, other.text, other.starts[field], other.ends[field]);
    }
  }

  byte[] text() {
    return text;
  }

  int start(int field) {
    return starts[field];
  }

  /** Equal to the start when the request has no such field. */
  int end(int field) {
    return ends[field];
  }
}
