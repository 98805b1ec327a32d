package io.leat.control.eventing.topology;

import java.util.List;
import java.util.Locale;

/**
 * One thing that is wrong with an {@link EventGraph}.
 *
 * @param code what kind of thing, in words with dashes; never changes its meaning
 * @param where the {@code namespace/name} that is to be mended
 * @param text one sentence for people
 * @param path Channels and Subscriptions in turn, of findings about a way; else empty
 */
public record Finding(
    Severity severity, String code, String where, String text, List<String> path) {

  /** How bad it is. */
  public enum Severity {
    /** Events would be lost, or never come to an end. */
    ERROR,
    /** It works, and is hardly what was meant. */
    WARNING
  }

  /** Copies the path. */
  public Finding {
    path = List.copyOf(path);
  }

  /** One line for people: how bad it is, what kind of thing, and the sentence. */
  public String line() {
    return severity.name().toLowerCase(Locale.ROOT) + ": " + code + ": " + text;
  }

  static Finding error(String code, String where, String text) {
    return new Finding(Severity.ERROR, code, where, text, List.of());
  }

  static Finding warning(String code, String where, String text) {
    return new Finding(Severity.WARNING, code, where, text, List.of());
  }
}
