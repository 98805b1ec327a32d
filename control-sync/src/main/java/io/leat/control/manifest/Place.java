package io.leat.control.manifest;

/**
 * Where something stands in a file.
 *
 * @param line 1-based
 * @param column 1-based, in characters
 */
public record Place(int line, int column) {
  static final Place START = new Place(1, 1);

  /** {@code line:column}. */
  @Override
  public String toString() {
    return line + ":" + column;
  }
}
