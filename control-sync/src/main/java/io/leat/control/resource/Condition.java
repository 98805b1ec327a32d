package io.leat.control.resource;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One aspect of a resource's state, as in Kubernetes.
 *
 * @param reason a CamelCase token, empty when the state needs none
 * @param message for a person, may be empty
 * @param lastTransitionTime when {@code state} changed last; set when the status is written
 */
public record Condition(
    String type, State state, String reason, String message, @Nullable Instant lastTransitionTime) {

  /** What is known. */
  public enum State {
    TRUE("True"),
    FALSE("False"),
    UNKNOWN("Unknown");

    private final String text;

    State(String text) {
      this.text = text;
    }

    /** As written in a status. */
    public String text() {
      return text;
    }
  }

  /** A condition that holds. */
  public static Condition isTrue(String type) {
    return new Condition(type, State.TRUE, "", "", null);
  }

  /** A condition that does not hold. */
  public static Condition isFalse(String type, String reason, String message) {
    return new Condition(type, State.FALSE, reason, message, null);
  }

  /** A condition that is not decided yet. */
  public static Condition unknown(String type, String reason, String message) {
    return new Condition(type, State.UNKNOWN, reason, message, null);
  }
}
