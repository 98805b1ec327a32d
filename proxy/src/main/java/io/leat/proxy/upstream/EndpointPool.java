package io.leat.proxy.upstream;

import io.leat.proxy.balance.LiveEndpoint;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one endpoint. The one used last is used first, so that the
 * rest can grow idle and go.
 *
 * <p>The limit of connections is one of requests in flight, see {@link Exchange}. While all event
 * loops together have more connections than that, what falls out of use is not kept, so there are
 * always fewer than twice as many.
 */
final class EndpointPool {
  private final Upstreams owner;
  private final LiveEndpoint endpoint;
  private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
  private int open;

  EndpointPool(Upstreams owner, LiveEndpoint endpoint) {
    this.owner = owner;
    this.endpoint = endpoint;
  }

  LiveEndpoint endpoint() {
    return endpoint;
  }

  Upstreams owner() {
    return owner;
  }

  void opened() {
    open++;
    endpoint.countConnection(1);
    owner.countActive(1);
  }

  /** An idle connection that becomes active, or null; see {@link Upstreams#takeIdle}. */
  @Nullable UpstreamConnection take(boolean sure) {
    UpstreamConnection connection;
    while ((connection = idle.pollFirst()) != null) {
      countIdle(-1);
      owner.countActive(1);
      if (connection.alive() && !(sure && connection.peerLeft())) {
        return connection;
      }
      connection.close();
    }
    return null;
  }

  /** Whether connections that nothing uses must go. */
  boolean crowded() {
    return endpoint.connections() > owner.connectionsPerEndpoint();
  }

  /** Keeps an active connection for the next exchange; false when enough are kept already. */
  boolean keep(UpstreamConnection connection) {
    if (idle.size() >= owner.idlePerEndpoint() || crowded()) {
      return false;
    }
    idle.addFirst(connection);
    owner.countActive(-1);
    countIdle(1);
    return true;
  }

  private void countIdle(int change) {
    owner.countIdle(change);
    endpoint.idleConnections(owner.index(), idle.size());
  }

  /** A connection came from another loop, active. */
  void came() {
    open++;
    owner.countActive(1);
  }

  /** An active connection goes to another loop. */
  void went() {
    owner.countActive(-1);
    open--;
    forgetIfUnused();
  }

  private void forgetIfUnused() {
    if (open == 0) {
      owner.forget(this);
    }
  }

  /** A connection is closed, whatever it did before. */
  void closed(UpstreamConnection connection) {
    if (idle.removeFirstOccurrence(connection)) {
      countIdle(-1);
    } else {
      owner.countActive(-1);
    }
    open--;
    endpoint.countConnection(-1);
    forgetIfUnused();
  }

  void closeIdle() {
    while (!idle.isEmpty()) {
      idle.getFirst().close();
    }
  }
}
