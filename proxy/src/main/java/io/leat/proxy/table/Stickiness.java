package io.leat.proxy.table;

import java.util.Locale;

/**
 * What of a request keeps it with its revision: requests with the same value go to the same target
 * of a split for as long as the weights allow it.
 *
 * @param name of the cookie, or of the header in lower case
 */
public record Stickiness(Source source, String name) {

  /** Where the value stands. */
  public enum Source {
    COOKIE,
    HEADER
  }

  /** Lower-cases the name of a header. */
  public Stickiness {
    name = source == Source.HEADER ? name.toLowerCase(Locale.ROOT) : name;
  }

  /** As the annotation says it: {@code cookie=NAME} or {@code header=NAME}. */
  public String text() {
    return source.name().toLowerCase(Locale.ROOT) + "=" + name;
  }
}
