package io.leat.control.standalone;

import io.leat.control.ControlLoop;
import io.leat.control.PublishSchedule;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Rollout;
import io.leat.control.store.ResourceStore;
import io.leat.proxy.telemetry.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits at the start until there is something to serve: first for the table, so that a restarted
 * Leat never answers 404 for a route that it has, then a while for the routes' first instances and
 * the logs of the Channels.
 */
final class Settling {
  /** Long, since an open port without a table answers 404. */
  private static final Duration TABLE = Duration.ofSeconds(30);

  private static final Duration ROUTES = Duration.ofSeconds(10);
  private static final Duration CHANNELS = Duration.ofSeconds(10);
  private static final long STEP_NANOS = 2_000_000;

  private final ResourceStore store;
  private final ControlLoop loop;
  private final Ticker ticker = Ticker.system();

  Settling(ResourceStore store, ControlLoop loop) {
    this.store = store;
    this.loop = loop;
  }

  /** All that the store holds was planned once, and what came of it is live. */
  void awaitTable() {
    CompletableFuture<Void> settled = loop.settled();
    await(
        TABLE,
        () -> {
          PublishSchedule.State state = loop.published();
          return settled.isDone()
              && state.version() > 0
              && state.acknowledged() == state.version()
              && routes().stream().allMatch(Settling::isPlanned);
        });
  }

  /** Every route is ready or has failed; a slow program is not waited for to the end. */
  void awaitRoutes() {
    await(ROUTES, () -> routes().stream().allMatch(Settling::isDecided));
  }

  /** Every Channel of the table takes events; a log that is long in opening is not waited for. */
  void awaitChannels(BooleanSupplier caughtUp) {
    await(CHANNELS, caughtUp);
  }

  private List<Resource> routes() {
    return store.read(view -> {
      List<Resource> services = view.list(Kind.SERVICE);
      List<Resource> routes = view.list(Kind.ROUTE);
      return java.util.stream.Stream.concat(services.stream(), routes.stream()).toList();
    });
  }

  private static boolean isPlanned(Resource resource) {
    return resource.status().observedGeneration() == resource.metadata().generation();
  }

  /** A rollout that goes on leaves its route undecided for as long as it takes, and serving. */
  private static boolean isDecided(Resource resource) {
    return isPlanned(resource)
        && (isMoving(resource.status().rollout())
            || resource
                .status()
                .condition("Ready")
                .map(condition -> condition.state() != Condition.State.UNKNOWN)
                .orElse(false));
  }

  private static boolean isMoving(@Nullable Rollout rollout) {
    return rollout != null && rollout.isMoving();
  }

  private void await(Duration most, BooleanSupplier done) {
    long deadline = ticker.nanos() + most.toNanos();
    while (!done.getAsBoolean() && ticker.nanos() < deadline) {
      LockSupport.parkNanos(STEP_NANOS);
    }
  }
}
