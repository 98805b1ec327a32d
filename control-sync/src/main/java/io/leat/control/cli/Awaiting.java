package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.leat.control.cli.ServedKinds.ServedKind;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Watches resources until they are as wanted, or the time is up. */
final class Awaiting {
  private final ServerClient client;
  private final Duration limit;
  private final long deadline;

  /** The time begins now. */
  Awaiting(ServerClient client, Duration limit) {
    this.client = client;
    this.limit = limit;
    this.deadline = System.nanoTime() + limit.toNanos();
  }

  /** One resource by name. */
  record Wanted(ServedKind kind, String namespace, String name) {
    @Override
    public String toString() {
      return kind.singular() + "/" + name;
    }
  }

  /** An event of a watch. */
  private record Seen(String type, JsonNode object) {}

  /**
   * Waits until a resource is Ready, as of a generation or a later one.
   *
   * @throws CommandFailure with exit code 6 and what the resource says last
   */
  void ready(Wanted wanted, long generation) {
    Seen last = until(wanted, seen -> !seen.type().equals("DELETED") && isReady(seen, generation));
    if (last == null || !isReady(last, generation)) {
      throw new CommandFailure(
          ExitCode.TIMED_OUT,
          wanted
              + " is not ready after "
              + limit.toSeconds()
              + " s"
              + (last == null ? "" : why(last.object()))
              + "; 'leat describe "
              + wanted.kind().plural()
              + " "
              + wanted.name()
              + "' says more");
    }
  }

  /**
   * Waits until a resource is gone.
   *
   * @throws CommandFailure with exit code 6 when it is still there
   */
  void gone(Wanted wanted, String uid) {
    Predicate<Seen> isGone =
        seen ->
            seen.type().equals("DELETED")
                || !seen.object().at("/metadata/uid").asText().equals(uid);
    String path = wanted.kind().path(wanted.namespace(), wanted.name());
    // What went before the watch began is in no event of it.
    while (stillThere(path, uid)) {
      if (seconds() <= 0) {
        throw new CommandFailure(
            ExitCode.TIMED_OUT,
            wanted
                + " is still there after "
                + limit.toSeconds()
                + " s; something holds it back,"
                + " see its finalizers");
      }
      var _ = until(wanted, isGone);
    }
  }

  private boolean stillThere(String path, String uid) {
    ServerClient.Answer answer = client.get(path);
    if (answer.status() == 404) {
      return false;
    }
    return answer.required().at("/metadata/uid").asText().equals(uid);
  }

  private @Nullable Seen until(Wanted wanted, Predicate<Seen> enough) {
    Seen[] last = new Seen[1];
    boolean[] done = new boolean[1];
    while (!done[0] && seconds() > 0) {
      String path =
          wanted.kind().collection(wanted.namespace())
              + "?watch=true&fieldSelector=metadata.name%3D"
              + ServerClient.encoded(wanted.name())
              + "&timeoutSeconds="
              + seconds();
      ServerClient.Answer refused =
          client.follow(
              path,
              "application/json",
              line -> {
                last[0] = seen(line);
                done[0] = enough.test(last[0]);
                return !done[0];
              });
      if (refused != null) {
        throw refused.failure();
      }
    }
    return last[0];
  }

  private long seconds() {
    long left = deadline - System.nanoTime();
    return left <= 0 ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toSeconds(left));
  }

  private static Seen seen(String line) {
    JsonNode event = ServerClient.json(line);
    return new Seen(event.path("type").asText(), event.path("object"));
  }

  private static boolean isReady(Seen seen, long generation) {
    JsonNode object = seen.object();
    return object.at("/status/observedGeneration").asLong() >= generation
        && condition(object).path("status").asText().equals("True");
  }

  /** The condition Ready of a resource; missing when it has none. */
  static JsonNode condition(JsonNode object) {
    for (JsonNode condition : object.at("/status/conditions")) {
      if (condition.path("type").asText().equals("Ready")) {
        return condition;
      }
    }
    return MissingNode.getInstance();
  }

  private static String why(JsonNode object) {
    JsonNode ready = condition(object);
    String reason = ready.path("reason").asText("");
    String message = ready.path("message").asText("").replace('\n', ' ');
    return reason.isEmpty() && message.isEmpty() ? "" : " (" + reason + ": " + message + ")";
  }
}
