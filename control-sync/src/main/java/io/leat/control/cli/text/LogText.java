package io.leat.control.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/**
 * Prints lines of instances: each behind the name of its instance, when they are from several.
 *
 * <p>Used by one thread, since it remembers whom it has seen.
 */
public final class LogText {
  /** Colours pass; what else could change a terminal does not. */
  private static final Pattern CONTROL =
      Pattern.compile("(\\x1b\\[[0-9;]*m)|[\\p{Cntrl}\\x{80}-\\x{9f}&&[^\\t]]");

  private final boolean times;
  private String only = "";
  private boolean several;

  /**
   * Nobody was seen so far.
   *
   * @param times whether lines begin with their time
   */
  public LogText(boolean times) {
    this.times = times;
  }

  /** One object of the stream; empty for one that is no line. */
  public String line(JsonNode said) {
    if (said.has("instances")) {
      several = said.path("instances").asInt() > 1;
      return "";
    }
    if (!said.has("text")) {
      return "";
    }
    String instance = said.path("instance").asText();
    if (!instance.isEmpty()) {
      several |= !only.isEmpty() && !only.equals(instance);
      only = instance;
    }
    return (times ? said.path("time").asText() + " " : "")
        + (several && !instance.isEmpty() ? instance + " | " : "")
        + clean(said.path("text").asText());
  }

  private static String clean(String text) {
    return CONTROL.matcher(text).replaceAll(found -> found.group(1) == null ? " " : "$1");
  }
}
