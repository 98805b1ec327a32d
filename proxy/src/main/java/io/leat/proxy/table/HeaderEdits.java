package io.leat.proxy.table;

import java.util.List;

/**
 * What a route changes about the header fields of its messages.
 *
 * @param request edits of what the client sent, on the way to the endpoint
 * @param response edits of what the endpoint answered, on the way to the client; answers of the
 *     proxy itself and interim answers stay as they are
 */
public record HeaderEdits(List<HeaderEdit> request, List<HeaderEdit> response) {
  /** The most edits of one direction. */
  public static final int MOST = 32;

  /** Nothing is changed. */
  public static final HeaderEdits NONE = new HeaderEdits(List.of(), List.of());

  /** Copies the lists; rejects too many edits. */
  public HeaderEdits {
    request = List.copyOf(request);
    response = List.copyOf(response);
    if (request.size() > MOST || response.size() > MOST) {
      throw new IllegalArgumentException(
          "header edits: "
              + Math.max(request.size(), response.size())
              + " (expected: at most "
              + MOST
              + ")");
    }
  }
}
