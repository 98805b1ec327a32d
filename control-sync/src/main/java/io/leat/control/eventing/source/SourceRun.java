package io.leat.control.eventing.source;

import io.leat.control.eventing.source.SourceStatus.State;
import io.leat.control.eventing.source.emit.SourceTime;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running Source on a virtual thread of its own. */
final class SourceRun {
  private static final Logger LOG = LoggerFactory.getLogger(SourceRun.class);

  private final String key;
  private final SourceSpec spec;
  private final Feed feed;
  private final Outlet outlet;
  private final SourceTime time;
  private final Thread thread;
  private final @Nullable SourceRun before;

  /** A run that begins once the one before has ended. */
  SourceRun(FeedPlace place, Feed feed, Outlet outlet, @Nullable SourceRun before) {
    this.key = place.key();
    this.spec = place.spec();
    this.time = place.time();
    this.feed = feed;
    this.outlet = outlet;
    this.before = before == null || before.hasEnded() ? null : before;
    this.thread = Thread.ofVirtual().name("leat-source-" + key).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  SourceSpec spec() {
    return spec;
  }

  SourceStatus status() {
    return outlet.status();
  }

  /** Has it end within a second. */
  void stop() {
    thread.interrupt();
  }

  /** Whether it and all before it have ended. */
  boolean hasEnded() {
    return !thread.isAlive() && (before == null || before.hasEnded());
  }

  /** Whether it and all before it ended in time, which is counted for each. */
  boolean await(Duration longest) throws InterruptedException {
    return (before == null || before.await(longest)) && thread.join(longest);
  }

  private void run() {
    try {
      // One that was stopped while it waited here ends before those that it waited for.
      for (SourceRun each = before; each != null; each = each.before) {
        each.thread.join();
      }
      outlet.in(State.RUNNING);
      while (!attempt()) {
        LOG.debug("source {} begins again", key);
      }
      outlet.in(State.FINISHED);
    } catch (InterruptedException e) {
      LOG.debug("source {} was stopped", key, e);
      outlet.in(State.STOPPED);
    }
  }

  /** Whether the feed came to its end; after a failure, waits. */
  private boolean attempt() throws InterruptedException {
    String error;
    try {
      feed.run(outlet);
      return true;
    } catch (IOException e) {
      LOG.debug("source {} failed", key, e);
      error = String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("source {} failed", key, e);
      error = e.toString();
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Duration pause = outlet.failed(error);
    LOG.warn("source {} tries again in {} ms: {}", key, pause.toMillis(), error);
    time.pause(pause);
    return false;
  }
}
