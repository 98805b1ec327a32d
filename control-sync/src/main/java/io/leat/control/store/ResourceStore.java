package io.leat.control.store;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Status;
import io.leat.control.store.jobs.JobRequest;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every resource, one writer at a time.
 *
 * <p>Any thread may call. Each write compares the resourceVersion that its author read with the one
 * that is stored. Everything a user or reconciler wrote survives; uid, resourceVersion, generation,
 * creationTimestamp and deletionTimestamp are the store's own.
 */
public interface ResourceStore {
  /** On a resource whose deletion waits for what it controls. */
  String FOREGROUND_FINALIZER = "foregroundDeletion";

  /** Events that a store keeps for watches from a version, unless told otherwise. */
  int DEFAULT_RETAINED_EVENTS = 10_000;

  /** Entries that a store keeps of each resource's history. */
  int HISTORY_PER_RESOURCE = 50;

  /**
   * Reads at one moment; {@code reader} must be short, and must not write. A watch that begins in
   * it begins at that moment.
   */
  <T> T read(Function<? super ResourceView, ? extends T> reader);

  /**
   * The version of the last write; within {@link #read}, that of what is read. It never shrinks.
   */
  long version();

  /**
   * Carries out one write: Written, or what stood in its way. When it returns, the write is as
   * durable as the store is, and every later read sees it.
   *
   * @param jobs enqueued in the same transaction, if the write succeeds and changes anything
   * @throws RuntimeException when the store cannot keep it; nothing has changed then
   */
  StoreOutcome write(Write write, Author author, List<JobRequest> jobs);

  /** Carries out one write that sets off no job. */
  default StoreOutcome write(Write write, Author author) {
    return write(write, author, List.of());
  }

  /**
   * Adds a resource: Written or AlreadyExists. Its status is kept. Reconcilers write this way, as
   * {@link Author#LEAT}.
   */
  default StoreOutcome create(Resource resource) {
    return create(resource, Author.LEAT);
  }

  /** Adds a resource in somebody's name. */
  default StoreOutcome create(Resource resource, Author author) {
    return write(new Write.Create(resource), author);
  }

  /**
   * Replaces spec, labels, annotations, owners, finalizers and managedFields: Written, Conflict or
   * NotFound.
   *
   * <p>The status stays; the generation grows only when the spec differs. A resource whose deletion
   * was asked for goes with its last finalizer, and gets no new ones.
   *
   * @param resource with the resourceVersion that was read
   */
  default StoreOutcome update(Resource resource) {
    return update(resource, Author.LEAT);
  }

  /** Replaces what users own in somebody's name. */
  default StoreOutcome update(Resource resource, Author author) {
    return write(new Write.Update(resource), author);
  }

  /**
   * Replaces the status: Written, Conflict or NotFound. The generation stays. A condition whose
   * state stays keeps its lastTransitionTime, another gets the time of the write.
   */
  default StoreOutcome updateStatus(ResourceKey key, long resourceVersion, Status status) {
    return write(new Write.UpdateStatus(key, resourceVersion, status), Author.LEAT);
  }

  /**
   * Removes a resource and all that it controls, owners first: Written (with the last state),
   * Conflict or NotFound.
   *
   * <p>A resource with finalizers gets a deletionTimestamp instead and stays until an update takes
   * the last one away. The resource of the answer has finalizers exactly when it stays.
   */
  default StoreOutcome delete(ResourceKey key, long resourceVersion) {
    return delete(
        new Write.Delete(key, resourceVersion, "", Write.Propagation.BACKGROUND), Author.LEAT);
  }

  /** Removes a resource in somebody's name and manner. */
  default StoreOutcome delete(Write.Delete delete, Author author) {
    return write(delete, author);
  }

  /**
   * The writes that changed a resource's spec or owners, oldest first, at most {@value
   * #HISTORY_PER_RESOURCE}; empty once it is removed.
   */
  List<HistoryEntry> history(ResourceKey key);

  /**
   * Tells {@code listener} of every write from now on, in order, on a writing thread and under the
   * store's lock: it must only hand over. What it reads meanwhile is as before the write.
   */
  Watch watch(Consumer<ChangeEvent> listener);

  /**
   * Tells {@code listener} of every write after {@code version}, in order, none left out and none
   * twice: first of those that the store retained, on the calling thread before this returns, then
   * of new ones as {@link #watch} does.
   */
  WatchOutcome watchFrom(long version, Consumer<ChangeEvent> listener);

  /** The same for the writes of what a listener is interested in. */
  default WatchOutcome watchFrom(long version, Interest interest, Consumer<ChangeEvent> listener) {
    return watchFrom(
        version,
        event -> {
          if (interest.includes(event.resource().key())) {
            listener.accept(event);
          }
        });
  }

  /**
   * Which resources a listener wants to hear of.
   *
   * @param namespace null for any
   * @param name null for any
   */
  record Interest(Kind kind, @Nullable String namespace, @Nullable String name) {
    /** Whether a resource of this key is meant. */
    public boolean includes(ResourceKey key) {
      return key.kind() == kind
          && (namespace == null || namespace.equals(key.namespace()))
          && (name == null || name.equals(key.name()));
    }
  }

  /** A listener's registration; once it is closed, nothing is told any more. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
