package io.leat.control.standalone;

import java.util.List;

/** Says why a Leat could not start, in lines for a person. */
public final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Cause cause;
  private final String summary;
  private final transient List<String> lines;

  /** Who has to act. */
  public enum Cause {
    /** The author of the manifests. */
    MANIFESTS,
    /** Whoever runs the machine: a port is taken, a folder cannot be written. */
    ENVIRONMENT
  }

  StartFailure(Cause cause, String message, List<String> lines) {
    super(message);
    this.cause = cause;
    this.summary = message;
    this.lines = List.copyOf(lines);
  }

  /** Who has to act. */
  public Cause cause() {
    return cause;
  }

  /** The failure in one line. */
  public String summary() {
    return summary;
  }

  /** Details, one line each. */
  public List<String> lines() {
    return lines;
  }
}
