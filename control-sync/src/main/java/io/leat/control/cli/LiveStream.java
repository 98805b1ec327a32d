package io.leat.control.cli;

import java.util.function.Predicate;

/** Reads what a server streams, line by line, and knows how it ended. Used by one thread. */
final class LiveStream {
  private static final String NOT_SERVED = "nothing is served under this path";

  private final ServerClient client;

  /** A stream of a server. */
  LiveStream(ServerClient client) {
    this.client = client;
  }

  /** How a stream ended. */
  enum Ended {
    /** The server had no more, or the reader had enough. */
    WHOLE,
    /** The server went away. */
    BROKEN
  }

  /**
   * Hands over each line that is not empty, until there are no more or {@code wanted} has enough.
   *
   * @throws CommandFailure when the server refuses, or cannot be reached at all
   */
  Ended read(String path, Predicate<String> wanted) {
    boolean[] begun = {false};
    ServerClient.Answer refused;
    try {
      refused =
          client.follow(
              path,
              "application/x-ndjson",
              line -> {
                begun[0] = true;
                return wanted.test(line);
              });
    } catch (CommandFailure failure) {
      if (failure.exitCode() == ExitCode.UNREACHABLE && begun[0]) {
        return Ended.BROKEN;
      }
      throw failure;
    }
    if (refused != null) {
      if (refused.status() == 404 && refused.message().equals(NOT_SERVED)) {
        throw new CommandFailure(
            ExitCode.FAILURE,
            "this server does not have that: it is older, or runs with Kubernetes, where kubectl"
                + " has it");
      }
      throw refused.failure();
    }
    return Ended.WHOLE;
  }
}
