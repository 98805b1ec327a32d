package io.leat.proxy.fanout.event;

/**
 * How large a message may be in what its body's length does not bound.
 *
 * @param events in one batch
 * @param attributes of one event
 * @param attributeBytes of one event: names and values, in UTF-8
 * @param depth of JSON: arrays and objects in each other
 */
public record EventLimits(int events, int attributes, int attributeBytes, int depth) {

  /** A thousand events of at most 128 attributes in 64 KiB, and JSON 256 deep. */
  public static final EventLimits DEFAULT = new EventLimits(1000, 128, 64 * 1024, 256);

  /** Rejects limits that would refuse every event. */
  public EventLimits {
    if (events < 1 || attributes < 4 || attributeBytes < 64 || depth < 2) {
      throw new IllegalArgumentException(
          "limits: (expected: events >= 1, attributes >= 4, attributeBytes >= 64, depth >= 2)");
    }
  }
}
