package io.leat.control.store.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets those who write at the same time share one commit: the first carries out its own item, and
 * whoever comes meanwhile is carried out together with the next.
 *
 * <p>Any thread may submit; one thread at a time carries out, so that the carrier needs no lock.
 *
 * @param <T> what is submitted
 */
public final class GroupCommit<T> {
  private static final int MOST = 256;

  private final Consumer<List<T>> carrier;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition finished = lock.newCondition();
  private final Queue<Ticket<T>> waiting = new ArrayDeque<>();
  private @Nullable Thread leader;

  private static final class Ticket<T> {
    final T item;
    boolean done;
    @Nullable RuntimeException failure;

    Ticket(T item) {
      this.item = item;
    }
  }

  /**
   * Shares calls of a carrier.
   *
   * @param carrier carries out items in order; when it throws, all of them have failed
   */
  public GroupCommit(Consumer<List<T>> carrier) {
    this.carrier = carrier;
  }

  /**
   * Returns once the item was carried out.
   *
   * @throws RuntimeException what the carrier threw for the items that it was called with
   */
  public void submit(T item) {
    Ticket<T> ticket = new Ticket<>(item);
    lock.lock();
    try {
      if (Thread.currentThread().equals(leader)) {
        throw new IllegalStateException("who is told of a write must not write");
      }
      waiting.add(ticket);
      while (!ticket.done) {
        if (leader == null) {
          lead();
        } else {
          finished.awaitUninterruptibly();
        }
      }
    } finally {
      lock.unlock();
    }
    if (ticket.failure != null) {
      throw ticket.failure;
    }
  }

  private void lead() {
    List<Ticket<T>> batch = new ArrayList<>();
    while (batch.size() < MOST && !waiting.isEmpty()) {
      batch.add(waiting.remove());
    }
    leader = Thread.currentThread();
    lock.unlock();
    RuntimeException failure = null;
    try {
      carrier.accept(batch.stream().map(ticket -> ticket.item).toList());
    } catch (RuntimeException e) {
      failure = e;
    } catch (Error e) {
      failure = new IllegalStateException("a commit ended in " + e, e);
      throw e;
    } finally {
      lock.lock();
      leader = null;
      for (Ticket<T> ticket : batch) {
        ticket.failure = failure;
        ticket.done = true;
      }
      finished.signalAll();
    }
  }
}
