package io.leat.proxy.http;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The value of the {@code Date} field (IMF-fixdate, RFC 9110 section 5.6.7), formatted once a
 * second. Used by one thread.
 */
public final class HttpDate {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final InstantSource clock;
  private long second = Long.MIN_VALUE;
  private byte[] text = {};

  /** A date that follows {@code clock}. */
  public HttpDate(InstantSource clock) {
    this.clock = clock;
  }

  /** The value now; the array belongs to this object. */
  public byte[] now() {
    long millis = clock.millis();
    if (Math.floorDiv(millis, 1000L) != second) {
      second = Math.floorDiv(millis, 1000L);
      text = FORMAT.format(clock.instant()).getBytes(StandardCharsets.US_ASCII);
    }
    return text;
  }
}
