package io.leat.control;

import io.leat.control.compile.TableCompiler;
import io.leat.control.publish.TablePublisher;
import io.leat.control.publish.TableSink;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ResourceStore;
import io.leat.proxy.telemetry.Ticker;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Decides when to compile and publish, and tells resources when proxies serve what they asked for.
 *
 * <p>Confined to the control thread, but for {@link #state}. A change is published at once after a
 * quiet time, and together with others when they come faster than one in 5 ms.
 */
public final class PublishSchedule {
  private static final Duration PAUSE = Duration.ofMillis(5);
  private static final Duration LONGEST_WAIT = Duration.ofMillis(50);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final TableCompiler compiler;
  private final TablePublisher publisher = new TablePublisher();
  private final ResourceStore store;
  private final ControlLoop.Time time;
  private final Consumer<ResourceKey> enqueue;
  private final Runnable wake;
  private final Set<ResourceKey> awaiting = new LinkedHashSet<>();
  private long lastPublished;
  private long waitingSince;
  private boolean waiting;
  private boolean paused;
  private boolean retrying;
  private volatile State state = new State(0, 0, -1);

  /**
   * Where publication stands.
   *
   * @param version of the newest table
   * @param hash content hash of it
   * @param acknowledged version that every live proxy serves; -1 while there is no proxy
   */
  public record State(long version, long hash, long acknowledged) {}

  PublishSchedule(
      TableCompiler compiler,
      ResourceStore store,
      ControlLoop.Time time,
      Consumer<ResourceKey> enqueue,
      Runnable wake) {
    this.compiler = compiler;
    this.store = store;
    this.time = time;
    this.enqueue = enqueue;
    this.wake = wake;
  }

  /** The newest table's version and who serves it; any thread. */
  public State state() {
    return state;
  }

  TableCompiler compiler() {
    return compiler;
  }

  TablePublisher publisher() {
    return publisher;
  }

  void connect(TableSink sink) {
    publisher.connect(sink, compiler.snapshot());
    tellWaiting();
    retryIfBehind();
  }

  void disconnect(String name) {
    publisher.disconnect(name);
    tellWaiting();
  }

  /** Whether resources were busy for so long that the table must not wait for them any more. */
  boolean isOverdue() {
    if (compiler.version() == 0 || !compiler.isDirty()) {
      return false;
    }
    if (!waiting) {
      waiting = true;
      waitingSince = ticker().nanos();
    }
    return ticker().nanos() - waitingSince >= LONGEST_WAIT.toNanos();
  }

  /** Publishes unless nothing changed or the last time was a moment ago; false when it did not. */
  boolean publishIfDue() {
    if (!compiler.isDirty()) {
      return false;
    }
    long rest = PAUSE.toNanos() - sinceLast();
    if (compiler.version() > 0 && rest > 0) {
      if (!paused) {
        paused = true;
        time.scheduler().after(Duration.ofNanos(rest), this::pauseOver);
      }
      return false;
    }
    publish();
    return true;
  }

  void publish() {
    TableCompiler.Compiled compiled = store.read(compiler::compile);
    if (compiled.update().isPresent()) {
      publisher.publish(compiled.update().get(), compiler::snapshot);
      lastPublished = ticker().nanos();
    }
    waiting = false;
    for (ResourceKey key : compiled.touched()) {
      enqueue.accept(key);
      awaiting.add(key);
    }
    tellWaiting();
    retryIfBehind();
  }

  private void tellWaiting() {
    long acknowledged = publisher.acknowledged();
    state = new State(compiler.version(), compiler.hash(), acknowledged);
    if (acknowledged < 0) {
      return;
    }
    Iterator<ResourceKey> keys = awaiting.iterator();
    while (keys.hasNext()) {
      ResourceKey key = keys.next();
      boolean live = compiler.version(key) <= acknowledged;
      if (live || !publisher.refusal().isEmpty()) {
        enqueue.accept(key);
      }
      if (live) {
        keys.remove();
      }
    }
  }

  private void retryIfBehind() {
    long acknowledged = publisher.acknowledged();
    if (acknowledged >= 0 && acknowledged < compiler.version() && !retrying) {
      retrying = true;
      time.scheduler().after(RETRY, this::retry);
    }
  }

  private void retry() {
    retrying = false;
    publisher.retry(compiler.snapshot());
    tellWaiting();
    retryIfBehind();
    wake.run();
  }

  private void pauseOver() {
    paused = false;
    wake.run();
  }

  private long sinceLast() {
    return ticker().nanos() - lastPublished;
  }

  private Ticker ticker() {
    return time.ticker();
  }
}
