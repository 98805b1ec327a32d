package io.leat.control.scenario;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * Adds to a scenario's failure what its last processes said, because a machine that ran the tests
 * keeps nothing but their failures.
 *
 * <p>Registered for every test of this module; those without processes fail as ever.
 */
public final class LeatLogs implements BeforeEachCallback, TestExecutionExceptionHandler {
  private static final int PROCESSES = 4;
  private static final int LINES = 6;
  private static final Deque<LeatProcess> STARTED = new ArrayDeque<>();

  /** For the registration. */
  public LeatLogs() {}

  /** The last of those that run side by side are kept. */
  static void started(LeatProcess process) {
    synchronized (STARTED) {
      STARTED.addLast(process);
      if (STARTED.size() > PROCESSES) {
        STARTED.removeFirst();
      }
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    synchronized (STARTED) {
      STARTED.clear();
    }
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    List<LeatProcess> processes;
    synchronized (STARTED) {
      processes = new ArrayList<>(STARTED);
    }
    if (processes.isEmpty() || failure instanceof TestAbortedException) {
      throw failure;
    }
    StringBuilder text = new StringBuilder(failure.toString());
    for (LeatProcess process : processes) {
      text.append("\n-- stderr of process ").append(process.pid()).append(", its last lines:");
      lastLines(process).forEach(line -> text.append("\n   ").append(line));
    }
    AssertionError told = new AssertionError(text.toString(), failure);
    told.setStackTrace(failure.getStackTrace());
    throw told;
  }

  private static List<String> lastLines(LeatProcess process) {
    List<String> lines =
        process.stderrText().lines().filter(line -> !line.matches("(\\s+at .*|\\s*)")).toList();
    return lines.subList(Math.max(0, lines.size() - LINES), lines.size());
  }
}
