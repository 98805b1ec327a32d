package io.leat.control.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a runtime sees of one revision.
 *
 * @param failure the most recent failure of an instance, null once an instance is ready again
 * @param everReady whether an instance of this revision has been ready since the runtime knows it
 */
public record RuntimeObservation(
    List<Instance> instances, @Nullable Failure failure, boolean everReady) {

  /** Nothing runs and nothing was tried. */
  public static final RuntimeObservation NONE = new RuntimeObservation(List.of(), null, false);

  /** One instance. */
  public record Instance(String name, String host, int port, State state) {

    /** Where an instance is in its life. */
    public enum State {
      STARTING,
      READY,
      STOPPING
    }
  }

  /**
   * Why an instance did not serve.
   *
   * @param exitCode the exit code of the process, or null when it ran but never became ready
   * @param reason a CamelCase token for a condition, such as {@code ExitCode1} or {@code
   *     ProgressDeadlineExceeded}
   * @param message one sentence for a person
   * @param lastLines the end of the instance's output, oldest first
   * @param attempts failures in a row
   */
  public record Failure(
      @Nullable Integer exitCode,
      String reason,
      String message,
      List<String> lastLines,
      int attempts) {}

  /** Copies the list. */
  public RuntimeObservation {
    instances = List.copyOf(instances);
  }
}
