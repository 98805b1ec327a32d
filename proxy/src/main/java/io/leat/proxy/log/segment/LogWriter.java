package io.leat.proxy.log.segment;

import io.leat.proxy.log.AppendListener;
import io.leat.proxy.log.AppendOutcome;
import io.leat.proxy.log.DedupWindow;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.table.ChannelStorage.Durability;
import io.leat.proxy.telemetry.SharedDurations;
import io.leat.proxy.telemetry.Ticker;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a log: writes what waits as one group, syncs once, and tells who appended. Between
 * groups it writes where cursors stand, and deletes what nobody needs.
 *
 * <p>Any thread appends; the queue is bounded by bytes. Whatever was appended is answered once,
 * also when the log fails or ends.
 */
final class LogWriter implements Runnable {
  static final long MOST_AS_ONE = 1L << 30;
  private static final Logger LOG = LoggerFactory.getLogger(SegmentedLog.class);
  private static final long GROUP_BYTES = 1 << 20;
  private static final int QUEUE_CHUNK = 1024;
  private static final long MEND_LOOK_MILLIS = 50;

  private final LogOptions options;
  private final LogFiles files;
  private final CursorRegistry registry;
  private final Limits limits;
  private final Upkeep upkeep;
  private final Mending mending;
  private final Clock clock;
  private final RandomGenerator random;
  private final Ticker ticker;
  private final SharedDurations syncs;
  private final Thread thread;
  private final @Nullable DedupWindow window;
  private final MpscUnboundedArrayQueue<Append> queue = new MpscUnboundedArrayQueue<>(QUEUE_CHUNK);
  private final AtomicLong waiting = new AtomicLong();
  private volatile boolean asleep;
  private volatile boolean closing;
  private volatile boolean ended;
  private volatile @Nullable String failure;
  // Of the thread.
  private final ActiveSegment.Staging staging = new ActiveSegment.Staging();
  private final List<Append> group = new ArrayList<>();
  private @Nullable ActiveSegment active;
  private long groupBytes;
  private long next;
  private long timestamp;

  /**
   * What a log goes on from.
   *
   * @param timestamp that no record may be before
   * @param window what it took lately; null when it takes duplicates
   */
  record Start(long timestamp, @Nullable DedupWindow window) {}

  LogWriter(
      LogOptions options,
      LogFiles files,
      CursorRegistry registry,
      Surroundings surroundings,
      Start start) {
    this.options = options;
    this.files = files;
    this.registry = registry;
    this.clock = surroundings.clock();
    this.random = surroundings.random();
    this.ticker = surroundings.ticker();
    this.syncs = surroundings.syncs();
    this.limits = new Limits(registry, options.storage(), clock);
    this.window = start.window();
    this.upkeep = new Upkeep(registry, options, clock, window);
    this.mending = new Mending(files, options, registry, clock);
    this.next = registry.published();
    this.timestamp = start.timestamp();
    this.thread = surroundings.threads().newThread(this);
  }

  void start() {
    registry.onChange(this::cursorsMoved);
    thread.start();
  }

  /** Takes what is to be written as one, and leaves the thread asleep: see {@link #begin}. */
  void append(List<LogRecord> records, AppendListener listener) {
    Append append = Append.of(records, listener, window);
    if (failure != null || closing) {
      append.answer(AppendOutcome.FAILED, -1);
      return;
    }
    if (records.isEmpty()) {
      append.answer(AppendOutcome.DURABLE, registry.published());
      return;
    }
    long before = waiting.getAndAdd(append.bytes());
    if (before > 0 && before + append.bytes() > options.sizes().waiting()) {
      waiting.addAndGet(-append.bytes());
      append.answer(AppendOutcome.FULL, -1);
      return;
    }
    queue.offer(append);
    if (ended) {
      answerRest();
    }
  }

  /** Wakes the thread up for what was appended, unless it is awake. */
  void begin() {
    if (!queue.isEmpty()) {
      wake();
    }
  }

  private void wake() {
    if (asleep) {
      asleep = false;
      LockSupport.unpark(thread);
    }
  }

  private void cursorsMoved() {
    if (upkeep.cursorsMoved()) {
      wake();
    }
  }

  long waiting() {
    return waiting.get();
  }

  @Nullable String failure() {
    return failure;
  }

  Limits limits() {
    return limits;
  }

  /** Writes what waits, and ends the thread. */
  void close() throws InterruptedException {
    closing = true;
    LockSupport.unpark(thread);
    thread.join();
  }

  @Override
  public void run() {
    try {
      while (!closing || !queue.isEmpty()) {
        mend();
        turn();
        tend(false);
        sleep();
      }
      tend(true);
    } catch (RuntimeException | Error e) {
      failed("the thread of the log died", e);
      throw e;
    } finally {
      ended = true;
      group.forEach(each -> answer(each, AppendOutcome.FAILED, -1));
      answerRest();
      close(active);
    }
  }

  private void tend(boolean last) {
    try {
      upkeep.run(queue.isEmpty(), last);
    } catch (IOException e) {
      if (failure == null) {
        failed("cannot write cursors in " + options.directory(), e);
      }
    }
  }

  private void sleep() {
    asleep = true;
    if (queue.isEmpty() && !closing) {
      long most = failure == null ? Long.MAX_VALUE : MEND_LOOK_MILLIS;
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Math.min(upkeep.dueInMillis(), most)));
    }
    asleep = false;
  }

  private synchronized void answerRest() {
    for (Append rest = queue.poll(); rest != null; rest = queue.poll()) {
      answer(rest, AppendOutcome.FAILED, -1);
    }
  }

  private void answer(Append append, AppendOutcome outcome, long firstOffset) {
    waiting.addAndGet(-append.waiting());
    append.answer(outcome, firstOffset);
  }

  /** One group. */
  private void turn() {
    if (queue.isEmpty()) {
      return;
    }
    limits.look();
    while (groupBytes < GROUP_BYTES) {
      @Nullable Append append = queue.poll();
      if (append == null) {
        break;
      }
      admit(append);
    }
    commit();
  }

  private void admit(Append given) {
    @Nullable DedupWindow seen = window;
    if (failure != null) {
      answer(given, AppendOutcome.FAILED, -1);
    } else if (seen == null) {
      join(given, given);
    } else {
      long now = Math.max(timestamp, clock.millis());
      Append left = given.without(seen, now);
      if (given.isThere(seen, now)) {
        answer(left, AppendOutcome.DURABLE, -1);
      } else {
        join(left, given);
      }
    }
  }

  /** Adds to the group what is left of an append, or all of it when the group before failed. */
  private void join(Append left, Append given) {
    if (left.forAll() && limits.refuses(left.bytes(), groupBytes)) {
      answer(left, AppendOutcome.FULL, -1);
      return;
    }
    Append append = left;
    if (active == null || !active.fits(groupBytes + left.bytes())) {
      commit();
      @Nullable AppendOutcome refused = roll(given.bytes());
      if (refused != null) {
        answer(given, refused, -1);
        return;
      }
      append = window == null ? given : given.without(window, Math.max(timestamp, clock.millis()));
    }
    if (window != null) {
      append.stage(window);
    }
    group.add(append);
    groupBytes += append.bytes();
  }

  private void commit() {
    if (group.isEmpty()) {
      return;
    }
    AppendOutcome outcome = write();
    long offset = outcome == AppendOutcome.DURABLE ? registry.published() : -1;
    List<Runnable> awake = List.of();
    if (window != null) {
      window.settle(outcome == AppendOutcome.DURABLE, timestamp);
    }
    if (outcome == AppendOutcome.DURABLE) {
      // What every cursor has finished would only grow old in memory.
      registry.tail().forget(registry.finished());
      registry.tail().add(group, timestamp);
      awake = registry.publish(group, next);
      mending.worked();
    }
    for (Append each : group) {
      waiting.addAndGet(-each.waiting());
      each.answerInGroup(outcome, offset);
      offset += outcome == AppendOutcome.DURABLE ? each.records().size() : 0;
    }
    for (Append each : group) {
      each.groupEnded();
    }
    group.clear();
    groupBytes = 0;
    awake.forEach(CursorRegistry::run);
  }

  private AppendOutcome write() {
    @Nullable ActiveSegment to = active;
    if (to == null || failure != null) {
      return AppendOutcome.FAILED;
    }
    long records = 0;
    for (Append each : group) {
      records += each.records().size();
    }
    timestamp = Math.max(timestamp, clock.millis());
    try {
      to.write(group, groupBytes, next, timestamp);
      if (options.storage().durability() == Durability.FSYNC) {
        long started = ticker.nanos();
        to.force();
        syncs.add(ticker.nanos() - started);
      }
      to.settle(next, next + records, timestamp);
      next += records;
      return AppendOutcome.DURABLE;
    } catch (LogFiles.NoSpaceException e) {
      return undo(to, e);
    } catch (IOException e) {
      failed("cannot write " + to.segment().path(), e);
      return AppendOutcome.FAILED;
    }
  }

  private AppendOutcome undo(ActiveSegment torn, LogFiles.NoSpaceException why) {
    try {
      torn.undo();
      LOG.warn("{}: no space, {} appends refused", torn.segment().path(), group.size());
      return AppendOutcome.NO_SPACE;
    } catch (IOException e) {
      e.addSuppressed(why);
      failed("cannot take back what did not fit into " + torn.segment().path(), e);
      return AppendOutcome.FAILED;
    }
  }

  /** Begins the next file if the bytes do not fit; null when there is one that takes them. */
  private @Nullable AppendOutcome roll(long bytes) {
    @Nullable ActiveSegment full = active;
    if (failure != null) {
      return AppendOutcome.FAILED;
    }
    if (full != null && full.fits(bytes)) {
      return null;
    }
    Totals totals = registry.totals();
    try {
      SegmentHeader header = new SegmentHeader(next, random.nextLong(), totals);
      ActiveSegment made = ActiveSegment.create(files, options, header, staging);
      registry.segments().add(made.segment());
      active = made;
      if (full != null) {
        full.seal(files, totals);
        upkeep.cursorsMoved();
      }
      return null;
    } catch (LogFiles.NoSpaceException e) {
      LOG.warn("{}: no space for another file", options.directory());
      return AppendOutcome.NO_SPACE;
    } catch (IOException e) {
      failed("cannot make a file in " + options.directory(), e);
      return AppendOutcome.FAILED;
    }
  }

  private void failed(String what, Throwable why) {
    failure = what + ": " + why;
    mending.failed();
    LOG.error("the log refuses appends until it is mended: {}", what, why);
  }

  /** Whatever failed is not used again; what was refused stays refused. */
  private void mend() {
    if (failure == null || !mending.isDue()) {
      return;
    }
    close(active);
    active = null;
    try {
      mending.run();
      failure = null;
      LOG.info("{}: the log is mended and takes appends again", options.directory());
    } catch (IOException e) {
      mending.failed();
      LOG.warn("{}: the log could not be mended, it is tried again", options.directory(), e);
    }
  }

  private static void close(@Nullable ActiveSegment open) {
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      LOG.warn("a file did not close", e);
    }
  }
}
