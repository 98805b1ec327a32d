package io.leat.proxy.balance;

import io.leat.proxy.http.Rejection;
import io.leat.proxy.table.Reachability;

/**
 * Where requests wait that cannot be forwarded at once.
 *
 * <p>The activator implements it; {@link #NONE} is a proxy that runs without one. Every method may
 * be called by any thread and never blocks.
 */
public interface RequestHold {

  /**
   * Queues a request behind those that already wait for the revision, and asks for capacity.
   *
   * <p>May call {@code granted} or {@code refused} before it returns.
   */
  void hold(LiveRevision revision, HeldRequest request);

  /** The client left: frees the place. A request that waits no longer is left alone. */
  void cancel(HeldRequest request);

  /** A slot of the revision became free while requests wait. */
  void capacityFreed(LiveRevision revision);

  /** An endpoint began to answer a request that had waited. */
  default void answered(LiveRevision revision) {}

  /** Refuses at once whatever cannot be forwarded. */
  RequestHold NONE =
      new RequestHold() {
        @Override
        public void hold(LiveRevision revision, HeldRequest request) {
          boolean full = revision.shape().reachability() instanceof Reachability.Serving;
          request.refused(full ? Rejection.HOLD_FULL : Rejection.REVISION_UNAVAILABLE);
        }

        @Override
        public void cancel(HeldRequest request) {}

        @Override
        public void capacityFreed(LiveRevision revision) {}
      };
}
