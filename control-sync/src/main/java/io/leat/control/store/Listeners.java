package io.leat.control.store;

import io.leat.control.store.ResourceStore.Watch;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who hears of the changes of a store. Its owner tells under the lock that it gave; any thread may
 * end a watch.
 */
public final class Listeners {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final ReentrantLock lock;
  private final List<Registration> registrations = new CopyOnWriteArrayList<>();

  /** Nobody listens; {@code lock} guards what they are told of. */
  public Listeners(ReentrantLock lock) {
    this.lock = lock;
  }

  private final class Registration implements Watch {
    final Consumer<ChangeEvent> listener;

    Registration(Consumer<ChangeEvent> listener) {
      this.listener = listener;
    }

    @Override
    public void close() {
      // With the lock, nothing is told any more once this returns.
      lock.lock();
      try {
        registrations.remove(this);
      } finally {
        lock.unlock();
      }
    }
  }

  /** Tells a new listener what went before, and from now on everything. */
  public Watch add(Consumer<ChangeEvent> listener, List<ChangeEvent> earlier) {
    Registration registration = new Registration(listener);
    lock.lock();
    try {
      earlier.forEach(event -> tell(registration, event));
      registrations.add(registration);
    } finally {
      lock.unlock();
    }
    return registration;
  }

  /** Tells all of them. */
  public void tell(ChangeEvent event) {
    registrations.forEach(registration -> tell(registration, event));
  }

  private static void tell(Registration registration, ChangeEvent event) {
    try {
      registration.listener.accept(event);
    } catch (RuntimeException broken) {
      // The change is made: neither its author nor the other listeners may suffer.
      LOG.error("a listener failed at {}", event.resource().key(), broken);
    }
  }
}
