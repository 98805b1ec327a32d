package io.leat.activator.hold;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.HeldRequest;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.balance.RevisionActivity;
import io.leat.proxy.config.HoldLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionId;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.MpscUnboundedXaddArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests that wait for one revision: a line in order of arrival, moved by whichever thread
 * has news.
 *
 * <h2>One thread at a time, without a lock</h2>
 *
 * <p>Event loops, the control thread and timers all have news: a request, a client that left, a
 * slot that became free, another table. Each puts its command into a mailbox and then calls {@link
 * #poke}, which adds one to {@code work}. Whoever raises it from zero is the <em>drainer</em> until
 * it has brought the count back to zero; everybody else returns at once and the drainer makes
 * another pass for them. So the plain fields below, and the links inside the requests, belong to
 * the drainer, and the count hands them from one drainer to the next with the memory order that
 * plain fields need. A request is its own command; only a cancel allocates. The pieces of news that
 * need no data (a free slot, another table) are a bare poke, because a pass always reads the newest
 * table and always tries to release.
 *
 * <h2>No wake-up is lost</h2>
 *
 * <p>The danger: an event loop finds every slot taken, the last slot is given back, and only then
 * the request joins the line, where nobody will ever look again. The counts are all read and
 * written in one total order (volatile), in which
 *
 * <ul>
 *   <li>the waiting side does: W1 {@code waiting++}; W2 look at every endpoint's count;
 *   <li>the releasing side does: R1 {@code inFlight--} on its endpoint; R2 read {@code waiting},
 *       and poke when it is above zero.
 * </ul>
 *
 * <p>When W2 saw that endpoint full, W2 came before R1, so W1 came before R2, so R2 sees a waiting
 * request and pokes: the drainer looks again. When W2 came after R1 it saw the slot. This is why
 * {@code waiting} is raised at admission, before the request enters the mailbox, and why every
 * enqueue ends in an attempt to release. A poke is never lost either: the drainer subtracts exactly
 * the pokes that it had seen <em>before</em> a pass, so a later one keeps the count above zero. The
 * mailbox may show nothing for a producer that is between its two writes; that producer pokes after
 * its second one, and so brings another pass.
 *
 * <p>Endpoints that appear follow the same pattern: the control thread publishes the table and then
 * pokes every hold of a revision that changed; a hold made meanwhile reads the table after it
 * entered the map ({@link RevisionHolds}).
 *
 * <h2>Order</h2>
 *
 * <p>The front of the line gets every slot that the drainer takes. Newcomers queue while {@code
 * waiting} is above zero, and it is lowered only after the slot was taken, so nobody overtakes. The
 * front is also the oldest, so one alarm for its deadline covers all. (A request that is held for
 * the second time keeps its time of arrival and may expire late, when it reaches the front.)
 *
 * <h2>Backlogs without a concurrency limit</h2>
 *
 * <p>Where {@code containerConcurrency} is 0, releasing a whole backlog onto the first endpoint
 * that comes up would crush it. The drainer therefore takes slots under a limit of its own per
 * endpoint. It is a pace and not a limit: it starts low, because a program may have room for only a
 * handful of connections that it has not accepted yet, and grows by one with every slot that comes
 * back, so it doubles with every round of answers. When nothing moved for a second (every slot
 * taken by WebSockets, say) it grows by itself.
 */
final class RevisionHold {
  /** How often the scaler is told that requests still wait, and a stalled pace grows. */
  static final long REMINDER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final Logger LOG = LoggerFactory.getLogger(RevisionHold.class);
  private static final int MAILBOX_CHUNK = 16;

  private final RevisionHolds owner;
  private final HoldPorts ports;
  private final RevisionId id;
  private final RevisionActivity activity;
  private final HoldBudget budget;
  private final Draw draw;
  private final long maxAgeNanos;

  // Its chunks are used again, so that a request that waits costs no garbage.
  private final MpscUnboundedXaddArrayQueue<Object> mailbox =
      new MpscUnboundedXaddArrayQueue<>(MAILBOX_CHUNK);
  private final AtomicInteger work = new AtomicInteger();

  // From here on: the drainer's.
  private final WaitingLine line = new WaitingLine();
  private LiveRevision revision;
  private long tableNumber;
  private boolean closed;
  private boolean woken;
  private long wokenNanos;
  private boolean moved;
  private int pace;
  private final AtomicInteger answered = new AtomicInteger();
  private @Nullable Alarm alarm;

  /** An empty hold for {@code revision}, taken from table {@code tableNumber}. */
  RevisionHold(RevisionHolds owner, LiveRevision revision, long tableNumber) {
    HoldLimits limits = owner.limits();
    this.owner = owner;
    this.ports = owner.ports();
    this.id = revision.id();
    this.activity = revision.activity();
    this.budget =
        new HoldBudget(activity.waiting(), limits.revisionRequests(), limits.revisionBytes());
    this.draw = ports.draws().get();
    this.maxAgeNanos = limits.maxAge().toNanos();
    this.revision = revision;
    this.tableNumber = tableNumber;
    this.pace = owner.pacedConcurrency();
  }

  /** The client of {@code request} left. */
  private record Cancel(HeldRequest request) {}

  /** Time passed: a deadline or a reminder is due. */
  private final class Alarm implements Runnable {
    private final long dueNanos;
    private Timers.@Nullable Cancellable timer;

    Alarm(long dueNanos) {
      this.dueNanos = dueNanos;
    }

    @Override
    public void run() {
      mailbox.offer(this);
      poke();
    }
  }

  RevisionId id() {
    return id;
  }

  int waiting() {
    return budget.requests();
  }

  /** Admits the request to the end of the line, or refuses it at once. Its event loop only. */
  void enqueue(HeldRequest request) {
    int size = request.heldBytes();
    HoldBudget total = owner.total();
    if (!total.tryTake(size)) {
      request.refused(Rejection.HOLD_FULL);
      return;
    }
    if (!budget.tryTake(size)) {
      total.giveBack(size);
      request.refused(Rejection.HOLD_FULL);
      return;
    }
    request.queue = this;
    mailbox.offer(request);
    poke();
  }

  /** Takes the request out of the line when it still waits. Its event loop only. */
  void cancel(HeldRequest request) {
    mailbox.offer(new Cancel(request));
    poke();
  }

  /** Something changed: look again. Any thread; never blocks. */
  void poke() {
    if (work.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      try {
        pass();
      } catch (RuntimeException e) {
        // A port failed. Giving up here would leave the count above zero and the line stuck.
        LOG.error("revision {}: a pass over the waiting requests failed", id, e);
      }
      seen = work.addAndGet(-seen);
    } while (seen != 0);
  }

  private void pass() {
    readTable();
    takeCommands();
    Rejection refusal = refusal();
    if (refusal != null) {
      refuseAll(refusal);
      rest();
      return;
    }
    long now = ports.ticker().nanos();
    expire(now);
    release(now);
    if (line.isEmpty()) {
      rest();
    } else {
      boolean reminding = reminderIsDue(now);
      setAlarm(now);
      if (reminding) {
        ports.wake().wake(id);
      }
    }
  }

  private void readTable() {
    RevisionHolds.Table table = owner.table();
    if (closed || table.number() == tableNumber) {
      return;
    }
    tableNumber = table.number();
    LiveRevision newest = table.revision(id);
    // Other counters mean that the revision was deleted and made again: another life, another hold.
    if (newest == null || newest.activity() != activity) {
      closed = true;
      owner.forget(this);
    } else {
      revision = newest;
    }
  }

  private void takeCommands() {
    for (Object command = mailbox.relaxedPoll(); command != null; command = mailbox.relaxedPoll()) {
      switch (command) {
        case HeldRequest request -> line.add(request);
        case Cancel(HeldRequest request) -> {
          // It may have left already, and even wait elsewhere by now.
          if (request.queue == this && line.contains(request)) {
            leave(request);
          }
        }
        default -> {
          if (command == alarm) {
            alarm = null;
          }
        }
      }
    }
  }

  private @Nullable Rejection refusal() {
    Rejection stopping = owner.stopping();
    if (stopping != null) {
      return stopping;
    }
    return closed || revision.shape().reachability() instanceof Reachability.Unavailable
        ? Rejection.REVISION_UNAVAILABLE
        : null;
  }

  private void refuseAll(Rejection reason) {
    for (HeldRequest first = line.first(); first != null; first = line.first()) {
      refuse(first, reason);
    }
  }

  private void expire(long now) {
    for (HeldRequest first = line.first();
        first != null && now - first.arrivedNanos() >= maxAgeNanos;
        first = line.first()) {
      refuse(first, Rejection.HOLD_TIMEOUT);
    }
  }

  /** A slot was given back: an endpoint that answered can take one more at a time than before. */
  void freed() {
    answered.getAndIncrement();
    poke();
  }

  private void release(long now) {
    pace = Math.min(pace + answered.getAndSet(0), Integer.MAX_VALUE / 2);
    while (true) {
      HeldRequest first = line.first();
      if (first == null) {
        return;
      }
      LiveEndpoint endpoint = acquire();
      if (endpoint == null) {
        return;
      }
      moved = true;
      grant(first, endpoint, now);
      // A client that left while this pass runs must not cost the revision a request.
      takeCommands();
    }
  }

  private @Nullable LiveEndpoint acquire() {
    int limit = revision.shape().limits().containerConcurrency();
    return revision.acquire(draw, limit == 0 ? pace : limit);
  }

  private void grant(HeldRequest request, LiveEndpoint endpoint, long now) {
    long waited = now - request.arrivedNanos();
    leave(request);
    try {
      request.granted(revision, endpoint);
      ports.observer().released(id, waited);
    } catch (RuntimeException e) {
      LOG.error("revision {}: a granted request failed", id, e);
    }
  }

  private void refuse(HeldRequest request, Rejection reason) {
    leave(request);
    try {
      request.refused(reason);
    } catch (RuntimeException e) {
      LOG.error("revision {}: a refused request failed", id, e);
    }
  }

  private void leave(HeldRequest request) {
    int size = request.heldBytes();
    line.remove(request);
    request.queue = null;
    budget.giveBack(size);
    owner.total().giveBack(size);
  }

  /** The line is empty: the next request that waits wakes the revision at once. */
  private void rest() {
    woken = false;
    moved = false;
    pace = owner.pacedConcurrency();
    // An alarm that is still set rings once into the void: cheaper than one timer per request.
  }

  private boolean reminderIsDue(long now) {
    if (woken && now - wokenNanos < REMINDER_NANOS) {
      return false;
    }
    if (woken && !moved && revision.readyEndpoints() > 0) {
      pace = Math.min(pace + owner.pacedConcurrency(), Integer.MAX_VALUE / 2);
      poke();
    }
    woken = true;
    wokenNanos = now;
    moved = false;
    return true;
  }

  private void setAlarm(long now) {
    HeldRequest first = line.first();
    if (first == null) {
      return;
    }
    long reminder = wokenNanos + REMINDER_NANOS;
    long deadline = first.arrivedNanos() + maxAgeNanos;
    long due = deadline - reminder < 0 ? deadline : reminder;
    Alarm set = alarm;
    if (set != null) {
      if (set.dueNanos - due <= 0) {
        return;
      }
      if (set.timer != null) {
        set.timer.cancel();
      }
    }
    Alarm next = new Alarm(due);
    next.timer = ports.timers().after(Math.max(0, due - now), next);
    alarm = next;
  }
}
