package io.leat.control.cli;

import io.leat.control.standalone.Training;
import picocli.CommandLine.Command;

/**
 * {@code leat train}: runs what a Leat usually runs, so that the JVM can record it for its cache.
 */
@Command(name = "train", hidden = true, description = "Exercise Leat for the AOT cache.")
final class TrainCommand implements Runnable {
  TrainCommand() {}

  @Override
  public void run() {
    Training.run();
  }
}
