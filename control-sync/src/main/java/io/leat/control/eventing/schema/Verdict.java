package io.leat.control.eventing.schema;

import java.util.List;

/**
 * What a schema says of the data of one event.
 *
 * @param problems at most {@link EventSchemas#MAX_PROBLEMS}; empty unless the outcome is {@link
 *     Outcome#INVALID}
 */
public record Verdict(Outcome outcome, List<Problem> problems) {

  /** How the check ended. */
  public enum Outcome {
    /** The data fits. */
    VALID,
    /** No schema is known for the type, so nothing was checked. */
    UNKNOWN_TYPE,
    /** The data is of another content type, of which schemas say nothing. */
    NOT_JSON,
    /** The data breaks the schema, is no JSON, or costs more than a check may cost. */
    INVALID
  }

  /**
   * One way in which data breaks a schema.
   *
   * @param place JSON Pointer into the data (RFC 6901), "" for the whole of it
   * @param text one sentence
   */
  public record Problem(String place, String text) {
    @Override
    public String toString() {
      return (place.isEmpty() ? "(root)" : place) + ": " + text;
    }
  }

  /** Copies the list. */
  public Verdict {
    problems = List.copyOf(problems);
  }

  static Verdict of(Outcome outcome) {
    return new Verdict(outcome, List.of());
  }

  static Verdict invalid(String text) {
    return new Verdict(Outcome.INVALID, List.of(new Problem("", text)));
  }

  /** Whether nothing speaks against the event. */
  public boolean isFine() {
    return outcome != Outcome.INVALID;
  }
}
