package io.leat.proxy.upstream;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.balance.RequestHold;
import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http.HttpDate;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.http1.RequestRewrite;
import io.leat.proxy.http1.ResponseHead;
import io.leat.proxy.http1.ResponseRewrite;
import io.leat.proxy.telemetry.LoopCounters;
import io.leat.proxy.telemetry.Ticker;
import io.netty.channel.EventLoop;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that one event loop owns and shares among its connections: scratch heads, counters,
 * pools, timeouts. Touched by that event loop only, unless a method says otherwise.
 */
public final class LoopContext {
  private static final Logger LOG = LoggerFactory.getLogger(LoopContext.class);
  private static final long TICK_NANOS = 50_000_000L;
  private static final int COPY_BYTES = 2048;

  private final int index;
  private final EventLoop eventLoop;
  private final ProxyLimits limits;
  private final RequestHold hold;
  private final Draw draw;
  private final Ticker ticker;
  private final LoopCounters counters = new LoopCounters();
  private final RequestHead requestHead;
  private final ResponseHead responseHead;
  private final RequestRewrite requestRewrite = new RequestRewrite();
  private final ResponseRewrite responseRewrite = new ResponseRewrite();
  private final TimerWheel wheel;
  private final HttpDate date;
  private final EndpointChoice endpoints;
  private final Upstreams upstreams;
  private final TurnFlush turnFlush;
  private final byte[] copyArray = new byte[COPY_BYTES];
  private long now;
  private boolean closing;

  /** What the loops of a process share. */
  public record Shared(
      ProxyLimits limits,
      RequestHold hold,
      Ticker ticker,
      InstantSource clock,
      UpstreamTransport transport) {}

  /** The context of the loop number {@code index}. */
  public LoopContext(int index, EventLoop eventLoop, Draw draw, Shared shared) {
    this.index = index;
    this.eventLoop = eventLoop;
    this.draw = draw;
    this.limits = shared.limits();
    this.hold = shared.hold();
    this.ticker = shared.ticker();
    this.requestHead = new RequestHead(limits);
    this.responseHead = new ResponseHead(limits);
    this.now = ticker.nanos();
    this.endpoints = new EndpointChoice(draw, counters, limits.connectionsPerEndpoint(), now);
    this.wheel = new TimerWheel(TICK_NANOS, now);
    this.date = new HttpDate(shared.clock());
    this.upstreams = new Upstreams(this, shared.transport());
    this.turnFlush = new TurnFlush(eventLoop);
  }

  /** Position among the loops, 0 first; selects the cursors of a split. */
  public int index() {
    return index;
  }

  /** The loop itself; any thread may read it. */
  public EventLoop eventLoop() {
    return eventLoop;
  }

  /** The limits of the process. */
  public ProxyLimits limits() {
    return limits;
  }

  /** Where requests wait. */
  public RequestHold hold() {
    return hold;
  }

  /** The randomness of this loop. */
  public Draw draw() {
    return draw;
  }

  /** The counters of this loop; any thread may read them. */
  public LoopCounters counters() {
    return counters;
  }

  /** The request head that was parsed last. */
  public RequestHead requestHead() {
    return requestHead;
  }

  /** The response head that was parsed last. */
  public ResponseHead responseHead() {
    return responseHead;
  }

  /** Scratch: how the next request head is written. */
  public RequestRewrite requestRewrite() {
    return requestRewrite;
  }

  /** Scratch: how the next response head is written. */
  public ResponseRewrite responseRewrite() {
    return responseRewrite;
  }

  /** Scratch: bytes on their way from one buffer to another. */
  public byte[] copyArray() {
    return copyArray;
  }

  /** The timeouts of this loop. */
  public TimerWheel wheel() {
    return wheel;
  }

  /** The value of {@code Date} now. */
  public byte[] date() {
    return date.now();
  }

  /** The pools of this loop. */
  public Upstreams upstreams() {
    return upstreams;
  }

  /** What is flushed when the loop's turn ends. */
  public TurnFlush turnFlush() {
    return turnFlush;
  }

  /** Where the requests of this loop go. */
  EndpointChoice endpoints() {
    return endpoints;
  }

  /** The time of the last {@link #refresh}, in nanoseconds of the ticker. */
  public long now() {
    return now;
  }

  /** Reads the clock; once for each batch of bytes. */
  public long refresh() {
    now = ticker.nanos();
    return now;
  }

  /** Fires the timeouts that have passed. */
  public void tick() {
    try {
      wheel.advance(refresh());
      endpoints.advance(now);
    } catch (RuntimeException e) {
      // Thrown on, it would end the ticking and with it every timeout of the loop.
      LOG.error("a timeout could not be handled", e);
    }
  }

  /** How often {@link #tick} wants to be called, in nanoseconds. */
  public static long tickNanos() {
    return TICK_NANOS;
  }

  /** Whether answers ask the client to close because the process stops. */
  public boolean closing() {
    return closing;
  }

  /** From now on answers ask the client to close. */
  public void close() {
    closing = true;
  }
}
