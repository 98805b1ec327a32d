package io.leat.control.standalone;

import io.leat.proxy.config.ConfigResult;
import java.util.function.Consumer;

/** One life of a standalone Leat, from its start to the end of its drain. */
public final class LeatRun {
  private LeatRun() {}

  /**
   * Serves until SIGTERM, Ctrl-C or {@code POST /drain}, and returns after the drain; a signal ends
   * the process with exit code 0.
   *
   * @param truth where resources come from
   * @param messages takes lines for a person
   * @throws StartFailure when it cannot start; nothing is left running
   */
  public static void serve(ConfigResult.Loaded config, Truth truth, Consumer<String> messages) {
    Standalone standalone = new Standalone(config, truth, messages);
    // A signal during the start must end what was started, too.
    Thread hook =
        Thread.ofPlatform()
            .name("leat-stop")
            .unstarted(() -> {
              standalone.stop();
              // The JVM would exit with 143 or 130; a drained Leat has not failed.
              Runtime.getRuntime().halt(0);
            });
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      standalone.start();
    } catch (StartFailure failure) {
      Runtime.getRuntime().removeShutdownHook(hook);
      standalone.close();
      throw failure;
    }
    try {
      standalone.awaitStopRequest();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    standalone.stop();
  }
}
