package io.leat.proxy.upstream;

import io.leat.proxy.balance.LiveEndpoint;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The pools of one event loop. Only {@link #counts} may be called by other threads. */
public final class Upstreams {
  private final LoopContext loop;
  private final UpstreamTransport transport;
  private final IdentityHashMap<LiveEndpoint, EndpointPool> pools = new IdentityHashMap<>();
  private final PeerCheck peerCheck = new PeerCheck();
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger idle = new AtomicInteger();

  Upstreams(LoopContext loop, UpstreamTransport transport) {
    this.loop = loop;
    this.transport = transport;
  }

  /** Connections of this loop now; any thread. */
  public UpstreamCounts counts() {
    return new UpstreamCounts(active.getOpaque(), idle.getOpaque());
  }

  /** Closes every connection that waits in a pool. */
  public void closeIdle() {
    for (EndpointPool pool : new ArrayList<>(pools.values())) {
      pool.closeIdle();
    }
  }

  /**
   * An idle connection, or null.
   *
   * @param sure whether the kernel is asked about the connection, because the request may not be
   *     sent twice
   */
  @Nullable UpstreamConnection takeIdle(LiveEndpoint endpoint, boolean sure) {
    EndpointPool pool = pools.get(endpoint);
    return pool == null ? null : pool.take(sure);
  }

  /** A connection that the caller still has to {@code connect}. */
  UpstreamConnection open(LiveEndpoint endpoint, Exchange exchange) {
    EndpointPool pool = pools.get(endpoint);
    if (pool == null) {
      pool = new EndpointPool(this, endpoint);
    }
    UpstreamConnection opened = new UpstreamConnection(loop, pool, exchange);
    pools.put(endpoint, pool);
    pool.opened();
    return opened;
  }

  UpstreamTransport transport() {
    return transport;
  }

  PeerCheck peerCheck() {
    return peerCheck;
  }

  int connectionsPerEndpoint() {
    return loop.limits().connectionsPerEndpoint();
  }

  int idlePerEndpoint() {
    return loop.closing() ? 0 : loop.limits().idlePerEndpoint();
  }

  void forget(EndpointPool pool) {
    pools.remove(pool.endpoint());
  }

  void countActive(int change) {
    active.setOpaque(active.getPlain() + change);
  }

  void countIdle(int change) {
    idle.setOpaque(idle.getPlain() + change);
  }
}
