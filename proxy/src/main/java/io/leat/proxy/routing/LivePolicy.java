package io.leat.proxy.routing;

import io.leat.proxy.table.HeaderEdits;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RoutePolicy;
import io.leat.proxy.table.Stickiness;
import org.jspecify.annotations.Nullable;

/**
 * The live form of a {@link RoutePolicy}. Built by the control thread, read by any event loop. The
 * timeout is not here but in the limits of each {@link LiveTarget}.
 */
public final class LivePolicy {
  /** Nothing is asked for. */
  public static final LivePolicy NONE = new LivePolicy(null, RoutePolicy.NONE, null, null);

  private final @Nullable StickyPick sticky;
  private final long maxBodyBytes;
  private final @Nullable TokenBucket bucket;
  private final LiveEdit requestEdit;
  private final LiveEdit responseEdit;
  private final boolean timed;
  private final @Nullable LiveMirror mirror;

  private LivePolicy(
      @Nullable StickyPick sticky,
      RoutePolicy policy,
      @Nullable TokenBucket bucket,
      @Nullable LiveMirror mirror) {
    this.sticky = sticky;
    this.maxBodyBytes = policy.maxBodyBytes();
    this.bucket = bucket;
    HeaderEdits headers = policy.headers();
    this.requestEdit = LiveEdit.of(headers.request());
    this.responseEdit = LiveEdit.of(headers.response());
    this.timed = policy.timed();
    this.mirror = mirror;
  }

  static LivePolicy of(
      RouteEntry entry, @Nullable TokenBucket bucket, @Nullable LiveMirror mirror) {
    RoutePolicy policy = entry.policy();
    if (policy.equals(RoutePolicy.NONE)) {
      return NONE;
    }
    Stickiness stickiness = policy.stickiness();
    StickyPick sticky = null;
    if (stickiness != null
        && entry.action() instanceof RouteAction.Split action
        && action.split().period() > 1) {
      sticky = new StickyPick(stickiness, action.split());
    }
    return new LivePolicy(sticky, policy, bucket, mirror);
  }

  /** The largest request body in bytes; 0 when the route does not say. */
  public long maxBodyBytes() {
    return maxBodyBytes;
  }

  /** What is changed about the header fields of requests. */
  public LiveEdit requestEdit() {
    return requestEdit;
  }

  /** What is changed about the header fields of the endpoints' answers. */
  public LiveEdit responseEdit() {
    return responseEdit;
  }

  /** Whether it is counted how long requests take. */
  public boolean timed() {
    return timed;
  }

  /** Where requests are sent a second time, or null. */
  public @Nullable LiveMirror mirror() {
    return mirror;
  }

  /** Whether the rate of the route allows one request more now, which it then counts. */
  public boolean admits(long nowNanos) {
    TokenBucket tokens = bucket;
    return tokens == null || tokens.take(nowNanos);
  }

  /**
   * The target for a request of this event loop: its own when it has the value that the route
   * sticks to, else the next of the sequence.
   */
  public LiveTarget pick(LiveSplit split, RequestView request, int loop) {
    StickyPick own = sticky;
    int index = own == null ? -1 : own.pick(request);
    return index < 0 ? split.pick(loop) : split.target(index);
  }
}
