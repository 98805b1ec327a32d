package io.leat.control.manifest;

import io.leat.proxy.telemetry.Ticker;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rereads manifests when a file or folder changes, and hands the whole set to a listener.
 *
 * <p>Events of the file system start a reread once {@value #QUIET_MILLIS} ms passed without another
 * event, at the latest {@value #LONGEST_MILLIS} ms after the first. Every {@value #POLL_MILLIS} ms
 * attributes are compared as well, for file systems that send no events. Any thread may start and
 * close it; the listener is called on threads of the scheduler, one call at a time.
 */
public final class FolderWatch implements AutoCloseable {
  static final int QUIET_MILLIS = 5;
  static final int LONGEST_MILLIS = 20;
  static final int POLL_MILLIS = 500;

  private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS);
  private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS);

  private final FolderReader folders;
  private final ScheduledExecutorService scheduler;
  private final Ticker ticker;
  private final Consumer<ManifestSet> listener;
  private final WatchService service;

  /** Held while reading and while the listener runs; guards the three fields below. */
  private final ReentrantLock reading = new ReentrantLock();

  private final Map<Path, Registration> registrations = new HashMap<>();
  private @Nullable FileStamps delivered;
  private boolean complained;

  /** Guards the burst; never held while anything else is called but the scheduler. */
  private final ReentrantLock burst = new ReentrantLock();

  private boolean pending;
  private long firstEvent;
  private long lastEvent;
  private @Nullable ScheduledFuture<?> settling;

  private @Nullable ScheduledFuture<?> poll;
  private volatile boolean closed;

  /** A folder that the file system reports on. */
  private record Registration(WatchKey key, Object identity) {}

  /**
   * Prepares to watch; {@link #start} begins.
   *
   * @param listener gets the whole set after each change, also one with problems
   * @throws IOException when the file system offers no events and no means to ask for them
   */
  public FolderWatch(
      FolderReader folders,
      ScheduledExecutorService scheduler,
      Ticker ticker,
      Consumer<ManifestSet> listener)
      throws IOException {
    this.folders = folders;
    this.scheduler = scheduler;
    this.ticker = ticker;
    this.listener = listener;
    this.service = FileSystems.getDefault().newWatchService();
  }

  /** Begins to watch and reads what is there now; no change after that is missed. */
  public ManifestSet start() {
    reading.lock();
    try {
      FolderReader.Listing listing = registered();
      delivered = FileStamps.of(listing);
      ManifestSet set = folders.read(listing);
      Thread.ofPlatform().daemon().name("leat-manifest-watch").start(this::awaitEvents);
      poll =
          scheduler.scheduleWithFixedDelay(
              this::check, POLL_MILLIS, POLL_MILLIS, TimeUnit.MILLISECONDS);
      return set;
    } finally {
      reading.unlock();
    }
  }

  /** Ends watching; a listener call that runs already comes to its end. */
  @Override
  public void close() throws IOException {
    closed = true;
    reading.lock();
    try {
      if (poll != null) {
        poll.cancel(false);
      }
    } finally {
      reading.unlock();
    }
    burst.lock();
    try {
      if (settling != null) {
        settling.cancel(false);
      }
    } finally {
      burst.unlock();
    }
    service.close();
  }

  private void awaitEvents() {
    try {
      while (!closed) {
        WatchKey key = service.take();
        // What changed does not matter: attributes are compared anyway.
        key.pollEvents();
        key.reset();
        onEvent();
      }
    } catch (ClosedWatchServiceException | RejectedExecutionException e) {
      LOG.debug("manifests are no longer watched: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void onEvent() {
    burst.lock();
    try {
      lastEvent = ticker.nanos();
      if (!pending) {
        pending = true;
        firstEvent = lastEvent;
        settleIn(QUIET_NANOS);
      }
    } finally {
      burst.unlock();
    }
  }

  private void settle() {
    burst.lock();
    try {
      long now = ticker.nanos();
      long left = Math.min(lastEvent + QUIET_NANOS - now, firstEvent + LONGEST_NANOS - now);
      if (left > 0) {
        settleIn(left);
        return;
      }
      pending = false;
    } finally {
      burst.unlock();
    }
    check();
  }

  private void settleIn(long nanos) {
    settling = scheduler.schedule(this::settle, nanos, TimeUnit.NANOSECONDS);
  }

  /** Rereads when an attribute of a file differs from what was delivered. */
  private void check() {
    reading.lock();
    try {
      FolderReader.Listing listing = registered();
      FileStamps stamps = FileStamps.of(listing);
      if (closed || stamps.equals(delivered)) {
        return;
      }
      delivered = stamps;
      listener.accept(folders.read(listing));
    } catch (RuntimeException e) {
      // The next change must still be seen, and a thrown exception would end the poll.
      LOG.error("manifests could not be applied", e);
    } finally {
      reading.unlock();
    }
  }

  /** Lists the files after every folder is registered, so that no later change is missed. */
  private FolderReader.Listing registered() {
    FolderReader.Listing listing = folders.list();
    if (register(listing.folders())) {
      listing = folders.list();
    }
    return listing;
  }

  private boolean register(Set<Path> wanted) {
    boolean added = false;
    for (Path gone : List.copyOf(registrations.keySet())) {
      Registration registration = registrations.get(gone);
      if (!wanted.contains(gone) && registration != null) {
        registration.key().cancel();
        registrations.remove(gone);
      }
    }
    for (Path folder : wanted) {
      try {
        added |= register(folder);
      } catch (IOException e) {
        complain(folder, e);
      } catch (ClosedWatchServiceException e) {
        return false;
      }
    }
    return added;
  }

  private boolean register(Path folder) throws IOException {
    Object identity = FileStamps.identity(folder);
    Registration known = registrations.get(folder);
    if (known != null && known.key().isValid() && known.identity().equals(identity)) {
      return false;
    }
    if (known != null) {
      known.key().cancel();
    }
    WatchKey key =
        folder.register(
            service,
            StandardWatchEventKinds.ENTRY_CREATE,
            StandardWatchEventKinds.ENTRY_MODIFY,
            StandardWatchEventKinds.ENTRY_DELETE);
    registrations.put(folder, new Registration(key, identity));
    return true;
  }

  private void complain(Path folder, IOException e) {
    if (!complained) {
      complained = true;
      LOG.warn(
          "no events from {} ({}); changes there show within {} ms",
          folder,
          e.toString(),
          POLL_MILLIS);
    }
  }
}
