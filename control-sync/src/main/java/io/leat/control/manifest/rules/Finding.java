package io.leat.control.manifest.rules;

import io.leat.control.resource.Problem;

/**
 * One broken rule of a resource, without a place in a file.
 *
 * @param path field path such as {@code spec.traffic[1].percent}
 * @param message the rule, with the value that broke it
 */
public record Finding(String path, String message) {

  /** The same as a problem of a file; line and column are 1-based, 0 when unknown. */
  public Problem at(String file, int line, int column) {
    return new Problem(file, line, column, path, message);
  }

  /** {@code path: message}. */
  @Override
  public String toString() {
    return path + ": " + message;
  }
}
