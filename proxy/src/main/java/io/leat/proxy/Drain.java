package io.leat.proxy;

import io.leat.proxy.server.Listeners;
import io.leat.proxy.server.ServerLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The steps of stopping a {@link Proxy}; they run on its event loops, any thread may ask. */
final class Drain {
  private static final long POLL_MILLIS = 50;

  private final EventLoopGroup group;
  private final List<ServerLoop> loops;
  private final Listeners listeners;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private volatile boolean began;

  Drain(EventLoopGroup group, List<ServerLoop> loops, Listeners listeners) {
    this.group = group;
    this.loops = loops;
    this.listeners = listeners;
  }

  boolean began() {
    return began;
  }

  synchronized CompletableFuture<Void> start(Duration delay, Duration timeout) {
    if (!began) {
      began = true;
      long wait = delay.toMillis();
      long end = wait + timeout.toMillis();
      group.schedule(this::stopAccepting, wait, TimeUnit.MILLISECONDS).addListener(this::failed);
      group.schedule(this::closeAll, end, TimeUnit.MILLISECONDS).addListener(this::failed);
    }
    return done;
  }

  private void stopAccepting() {
    listeners.close();
    for (ServerLoop loop : loops) {
      loop.context().eventLoop().execute(loop::drain);
    }
    check();
  }

  private void check() {
    if (loops.stream().allMatch(loop -> loop.openConnections() == 0)) {
      done.complete(null);
    } else {
      group.schedule(this::check, POLL_MILLIS, TimeUnit.MILLISECONDS).addListener(this::failed);
    }
  }

  private void closeAll() {
    for (ServerLoop loop : loops) {
      loop.context().eventLoop().execute(loop::closeAll);
    }
  }

  private void failed(Future<?> step) {
    if (!step.isSuccess() && !step.isCancelled()) {
      done.completeExceptionally(step.cause());
    }
  }

  /** Closes everything now; nothing more will run. */
  void closeNow() {
    began = true;
    listeners.close();
    if (!group.isShuttingDown()) {
      closeAll();
    }
  }

  /** The event loops have ended. */
  void ended() {
    done.complete(null);
  }
}
