package io.leat.control.store;

import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Status;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Keeps every resource, one writer at a time.
 *
 * <p>Any thread may call. Each write compares the resourceVersion that its author read with the one
 * that is stored. Everything a user or reconciler wrote survives; uid, resourceVersion, generation
 * and creationTimestamp are the store's own.
 */
public interface ResourceStore {

  /** Reads at one moment; {@code reader} must be short, and must not write. */
  <T> T read(Function<? super ResourceView, ? extends T> reader);

  /** Adds a resource: Written or AlreadyExists. Its status is kept. */
  StoreOutcome create(Resource resource);

  /**
   * Replaces spec, labels, annotations and owners: Written, Conflict or NotFound.
   *
   * <p>The status stays; the generation grows only when the spec differs.
   *
   * @param resource with the resourceVersion that was read
   */
  StoreOutcome update(Resource resource);

  /**
   * Replaces the status: Written, Conflict or NotFound. The generation stays. A condition whose
   * state stays keeps its lastTransitionTime, another gets the time of the write.
   */
  StoreOutcome updateStatus(ResourceKey key, long resourceVersion, Status status);

  /**
   * Removes a resource and all that it controls, owners first: Written (with the last state),
   * Conflict or NotFound.
   */
  StoreOutcome delete(ResourceKey key, long resourceVersion);

  /**
   * Tells {@code listener} of every write from now on, in order, on the writing thread and under
   * the store's lock: it must only hand over.
   */
  Watch watch(Consumer<ChangeEvent> listener);

  /** A listener's registration. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
