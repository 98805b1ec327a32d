package io.leat.control.resource;

/**
 * A JSON object inside a resource that others interpret, such as the arguments of a provisioner.
 *
 * @param text one line, keys sorted on every level, so that equal objects are equal texts
 */
public record RawJson(String text) {
  /** An object without fields. */
  public static final RawJson EMPTY = new RawJson("{}");
}
