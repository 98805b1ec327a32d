package io.leat.proxy;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.config.ClientLimits;
import io.leat.proxy.guard.AcceptGate;
import io.leat.proxy.guard.Overload;
import io.leat.proxy.mirror.MirrorBudget;
import io.leat.proxy.server.Listeners;
import io.leat.proxy.server.ServerLoop;
import io.leat.proxy.server.ServerSettings;
import io.leat.proxy.server.Transport;
import io.leat.proxy.telemetry.GuardCounts;
import io.leat.proxy.telemetry.LoopCounters;
import io.leat.proxy.upstream.HostResolver;
import io.leat.proxy.upstream.LoopContext;
import io.leat.proxy.upstream.UpstreamCounts;
import io.leat.proxy.upstream.UpstreamTransport;
import io.leat.proxy.upstream.Upstreams;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The data plane of one process: event loops, their listeners, and the way they start and stop.
 *
 * <p>Start, drain and close are called by one thread; the counts may be read by any.
 */
public final class Proxy implements AutoCloseable {
  private static final int ID_BYTES = 4;
  private static final long STOP_SECONDS = 5;

  private final ProxySettings settings;
  private final EventLoopGroup group;
  private final ExecutorService resolving;
  private final List<ServerLoop> loops = new ArrayList<>();
  private final List<Future<?>> ticking = new ArrayList<>();
  private final Overload overload;
  private final AcceptGate gate;
  private final Listeners listeners;
  private final Drain drain;

  /**
   * A proxy that does not listen yet.
   *
   * @throws UnsupportedOperationException when the transport does not work here
   */
  public Proxy(ProxySettings settings) {
    if (settings.eventLoops() > settings.table().loops()) {
      throw new IllegalArgumentException(
          "eventLoops: "
              + settings.eventLoops()
              + " (expected: at most "
              + settings.table().loops()
              + ", for which the table was made)");
    }
    this.settings = settings;
    Transport transport = settings.transport();
    transport
        .missing()
        .ifPresent(why -> {
          throw new UnsupportedOperationException(why);
        });
    this.group = transport.group(settings.eventLoops());
    this.resolving = Executors.newVirtualThreadPerTaskExecutor();
    HostResolver resolver = new HostResolver(resolving);
    LoopContext.Shared shared =
        new LoopContext.Shared(
            settings.limits(),
            settings.hold(),
            settings.ticker(),
            settings.clock(),
            new UpstreamTransport(transport.clientChannels(), resolver, transport.movesChannels()));
    ClientLimits clients = settings.limits().clients();
    this.overload =
        new Overload(clients.maxBufferedBytes(), Proxy::allocatedBytes, this::waitingBytes);
    this.gate = new AcceptGate(clients.maxConnections());
    SecureRandom random = new SecureRandom();
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    String via = "leat-" + HexFormat.of().formatHex(id);
    ServerSettings server =
        new ServerSettings(
            settings.table(),
            via.getBytes(StandardCharsets.US_ASCII),
            settings.trustedHops(),
            settings.debugHeaders(),
            overload,
            gate,
            settings.accessLog(),
            new MirrorBudget(settings.limits().mirrors()),
            settings.traceSample(),
            settings.events());
    for (EventExecutor executor : group) {
      Draw draw = Draw.xorshift(random.nextLong());
      LoopContext context = new LoopContext(loops.size(), (EventLoop) executor, draw, shared);
      loops.add(new ServerLoop(context, server));
    }
    List<Upstreams> upstreams = loops.stream().map(each -> each.context().upstreams()).toList();
    upstreams.forEach(each -> each.share(upstreams));
    this.listeners = new Listeners(transport, group, loops, gate);
    this.drain = new Drain(group, loops, listeners);
  }

  /**
   * Starts to listen.
   *
   * @return the port
   * @throws java.io.UncheckedIOException when the address cannot be bound
   */
  public int start() {
    long tick = LoopContext.tickNanos();
    for (ServerLoop loop : loops) {
      EventLoop eventLoop = loop.context().eventLoop();
      ticking.add(eventLoop.scheduleAtFixedRate(loop::tick, tick, tick, TimeUnit.NANOSECONDS));
    }
    return listeners.bind(settings.bind(), settings.port());
  }

  /**
   * Stops without losing a request: serves on for {@code delay}, then closes the listeners and the
   * idle connections, and lets what runs end with {@code Connection: close}.
   *
   * @param timeout how long after the delay what still runs, tunnels included, is closed
   * @return completes when the last connection is closed
   */
  public CompletionStage<Void> drain(Duration delay, Duration timeout) {
    return drain.start(delay, timeout);
  }

  /** Whether a drain has begun. */
  public boolean draining() {
    return drain.began();
  }

  /** What each event loop owns, for those who send requests of their own there. */
  public List<LoopContext> contexts() {
    return loops.stream().map(ServerLoop::context).toList();
  }

  /** The counters of each event loop. */
  public List<LoopCounters> counters() {
    return loops.stream().map(loop -> loop.context().counters()).toList();
  }

  /** Client connections that are open now. */
  public int openConnections() {
    return loops.stream().mapToInt(ServerLoop::openConnections).sum();
  }

  /** The state of the bounds that all clients share. */
  public GuardCounts guards() {
    return new GuardCounts(
        overload.level(),
        overload.entered(),
        overload.allocatedBytes(),
        gate.pauses(AcceptGate.Reason.CONNECTIONS),
        gate.pauses(AcceptGate.Reason.MEMORY),
        gate.pauses(AcceptGate.Reason.DESCRIPTORS));
  }

  private static long allocatedBytes() {
    return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
        ? provider.metric().usedDirectMemory()
        : 0;
  }

  private long waitingBytes() {
    return loops.stream().mapToLong(ServerLoop::waitingBytes).sum();
  }

  /** Connections to endpoints now. */
  public UpstreamCounts upstreamConnections() {
    return loops.stream()
        .map(loop -> loop.context().upstreams().counts())
        .reduce(new UpstreamCounts(0, 0), UpstreamCounts::plus);
  }

  /** Closes everything at once and waits for the event loops to end. */
  @Override
  public void close() {
    drain.closeNow();
    ticking.forEach(each -> each.cancel(false));
    group
        .shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(2 * STOP_SECONDS, TimeUnit.SECONDS);
    drain.ended();
    resolving.shutdownNow();
  }
}
