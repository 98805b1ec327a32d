package io.leat.control.runtime.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this machine offers to keep a child from outliving its parent.
 *
 * @param session command prefix that starts a program in a session and process group of its own;
 *     empty when the machine has none
 * @param deathSignal command prefix that has the kernel kill the program when the thread that
 *     started it ends; empty when the machine has none
 */
record Containment(List<String> session, List<String> deathSignal) {

  private static final Logger LOG = LoggerFactory.getLogger(Containment.class);

  /** Tries the programs of util-linux once; the absolute paths free children from their PATH. */
  static Containment detect(@Nullable String searchPath) {
    String setsid = find("setsid", searchPath);
    String setpriv = find("setpriv", searchPath);
    List<String> session = setsid == null ? List.of() : working(List.of(setsid));
    List<String> death =
        setpriv == null ? List.of() : working(List.of(setpriv, "--pdeathsig", "KILL", "--"));
    if (session.isEmpty()) {
      LOG.warn(
          "setsid (util-linux) is missing: instances share the process group of Leat, and what"
              + " they fork may outlive a killed Leat");
    }
    if (death.isEmpty()) {
      LOG.warn(
          "setpriv --pdeathsig (util-linux) is missing: only the watchdog ends instances when Leat"
              + " is killed");
    }
    return new Containment(session, death);
  }

  /** Whether a child leads a process group whose id is its pid. */
  boolean ownGroup() {
    return !session.isEmpty();
  }

  /** The whole prefix of a supervised command. */
  List<String> prefix() {
    List<String> all = new ArrayList<>(session);
    all.addAll(deathSignal);
    return all;
  }

  private static @Nullable String find(String program, @Nullable String searchPath) {
    String directories = (searchPath == null ? "" : searchPath + File.pathSeparator) + "/usr/bin";
    for (String directory : directories.split(File.pathSeparator, -1)) {
      Path candidate = Path.of(directory.isEmpty() ? "/" : directory).resolve(program);
      if (candidate.isAbsolute() && Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    return null;
  }

  /**
   * The prefix itself when a trivial program runs under it: BusyBox has a setpriv without flags.
   */
  private static List<String> working(List<String> prefix) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of(Spawner.SHELL, "-c", ":"));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor(5, TimeUnit.SECONDS)) {
        return process.exitValue() == 0 ? prefix : List.of();
      }
      process.destroyForcibly();
    } catch (IOException e) {
      LOG.debug("cannot run {}", command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return List.of();
  }
}
