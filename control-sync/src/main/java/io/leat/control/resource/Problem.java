package io.leat.control.resource;

/**
 * One thing that is wrong with a manifest.
 *
 * @param file as the user named it; {@code -} for standard input
 * @param line 1-based; 0 when no place is known
 * @param column 1-based; 0 when no place is known
 * @param path field path such as {@code spec.traffic[1].percent}; empty for the document
 * @param message the rule that was broken, with the value that broke it
 */
public record Problem(String file, int line, int column, String path, String message) {

  /** {@code file:line:col path: message}. */
  @Override
  public String toString() {
    String place = line > 0 ? file + ":" + line + ":" + column : file;
    return path.isEmpty() ? place + " " + message : place + " " + path + ": " + message;
  }
}
