package io.leat.proxy.upstream;

import io.leat.proxy.balance.LiveEndpoint;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The pools of one event loop. Only {@link #counts} and {@link #eventLoop} may be called by other
 * threads.
 */
public final class Upstreams {
  private final LoopContext loop;
  private final UpstreamTransport transport;
  private final IdentityHashMap<LiveEndpoint, EndpointPool> pools = new IdentityHashMap<>();
  private final PeerCheck peerCheck = new PeerCheck();
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger idle = new AtomicInteger();

  /** Those of all event loops of the process; written before the first request. */
  private List<Upstreams> all = List.of();

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

  /** Names the event loops, this one included, that may give each other idle connections. */
  public void share(List<Upstreams> loops) {
    all = List.copyOf(loops);
  }

  /**
   * Asks another event loop for an idle connection where a new one would be above a limit; null
   * when none has one.
   *
   * @param limit of connections to the endpoint, all event loops together
   */
  @Nullable Takeover takeOver(LiveEndpoint endpoint, int limit, Exchange exchange) {
    int loops = all.size();
    if (endpoint.connections() < limit || !transport.movesChannels()) {
      return null;
    }
    for (int i = 1; i < loops; i++) {
      Upstreams other = all.get((loop.index() + i) % loops);
      if (endpoint.idleConnections(other.index()) > 0) {
        Takeover asked = new Takeover(loop, other, endpoint, exchange);
        if (asked.ask()) {
          return asked;
        }
      }
    }
    return null;
  }

  /** An idle connection for another event loop, or null; this event loop. */
  @Nullable UpstreamConnection give(LiveEndpoint endpoint) {
    loop.refresh();
    return takeIdle(endpoint, false);
  }

  /** Takes in a connection that has left another event loop. */
  ChannelFuture adopt(UpstreamConnection moved, LiveEndpoint endpoint) {
    EndpointPool pool = pool(endpoint);
    pools.put(endpoint, pool);
    return moved.join(loop, pool);
  }

  private EndpointPool pool(LiveEndpoint endpoint) {
    EndpointPool pool = pools.get(endpoint);
    return pool == null ? new EndpointPool(this, endpoint) : pool;
  }

  /** The loop itself; any thread. */
  EventLoop eventLoop() {
    return loop.eventLoop();
  }

  int index() {
    return loop.index();
  }

  /** A connection that the caller still has to {@code connect}. */
  UpstreamConnection open(LiveEndpoint endpoint, Exchange exchange) {
    EndpointPool pool = pool(endpoint);
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
