package io.leat.proxy.routing;

import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * One rule of a live host: what the table says and what it does.
 *
 * @param headers names in lower case and exact values that a request must have, alternating
 * @param policy what the route asks for beside its action
 */
public record LiveEntry(RouteEntry entry, LiveAction action, byte[][] headers, LivePolicy policy) {
  /** The answer of {@link #mismatch} for a request that the entry takes. */
  static final int NONE = -1;

  /** What very many entries and targets share. */
  static final byte[][] NO_HEADERS = new byte[0][];

  private static final int INSIDE_SEGMENT = -2;

  /** An entry with the policy that the table says. */
  public LiveEntry(RouteEntry entry, LiveAction action, byte[][] headers) {
    this(entry, action, headers, LivePolicy.of(entry, null, null));
  }

  static LiveEntry of(RouteEntry entry, LiveAction action, LivePolicy policy) {
    List<RouteMatch.HeaderMatch> wanted = entry.match().headers();
    byte[][] headers = wanted.isEmpty() ? NO_HEADERS : new byte[wanted.size() * 2][];
    for (int i = 0; i < wanted.size(); i++) {
      headers[2 * i] = wanted.get(i).name().getBytes(StandardCharsets.ISO_8859_1);
      headers[2 * i + 1] = wanted.get(i).value().getBytes(StandardCharsets.ISO_8859_1);
    }
    return new LiveEntry(entry, action, headers, policy);
  }

  /**
   * Which predicate refuses a request whose path starts with the entry's prefix.
   *
   * @return {@link #NONE} when all hold, else a value for {@link #reason}
   */
  int mismatch(RequestView request, int prefixLength) {
    if (entry.match().kind() == RouteMatch.PathKind.SEGMENT
        && !endsAtSegment(request, prefixLength)) {
      return INSIDE_SEGMENT;
    }
    for (int i = 0; i < headers.length; i += 2) {
      int field = request.findHeader(headers[i]);
      if (field < 0 || !hasValue(request, field, headers[i + 1])) {
        return i;
      }
    }
    return NONE;
  }

  /** What {@link #mismatch} found, in words. */
  String reason(int mismatch, RequestView request) {
    if (mismatch == INSIDE_SEGMENT) {
      return "path goes on inside the last segment of " + entry.match().prefix();
    }
    String name = new String(headers[mismatch], StandardCharsets.ISO_8859_1);
    int field = request.findHeader(headers[mismatch]);
    if (field < 0) {
      return "header " + name + " is missing";
    }
    int start = request.valueStart(field);
    int length = request.valueEnd(field) - start;
    String value = new String(request.bytes(), start, length, StandardCharsets.ISO_8859_1);
    String wanted = new String(headers[mismatch + 1], StandardCharsets.ISO_8859_1);
    return "header " + name + " is \"" + value + "\" (expected: \"" + wanted + "\")";
  }

  private static boolean hasValue(RequestView request, int field, byte[] value) {
    return Arrays.equals(
        request.bytes(),
        request.valueStart(field),
        request.valueEnd(field),
        value,
        0,
        value.length);
  }

  private static boolean endsAtSegment(RequestView request, int prefixLength) {
    int next = request.pathStart() + prefixLength;
    return next == request.pathEnd()
        || request.bytes()[next] == '/'
        || request.bytes()[next - 1] == '/';
  }
}
