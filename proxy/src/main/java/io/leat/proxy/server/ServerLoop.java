package io.leat.proxy.server;

import io.leat.proxy.accesslog.LoopAccessLog;
import io.leat.proxy.guard.Overload;
import io.leat.proxy.mirror.Mirrors;
import io.leat.proxy.telemetry.ForcedClose;
import io.leat.proxy.upstream.LoopContext;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The client connections of one event loop. Its event loop changes it; {@link #openConnections} and
 * {@link #waitingBytes} may be read by any thread.
 */
public final class ServerLoop {
  private final LoopContext loop;
  private final ServerSettings settings;
  private final Dispatch dispatch;
  private final LoopAccessLog accessLog;
  private final Mirrors mirrors;
  private final Set<Http1Connection> connections =
      Collections.newSetFromMap(new IdentityHashMap<>());
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong waitingBytes = new AtomicLong();
  private int seenLevel;

  /** Of the client that came last: its next connections are likely to come soon. */
  private byte[] lastAddress = {};

  /** A loop without connections. */
  public ServerLoop(LoopContext loop, ServerSettings settings) {
    this.loop = loop;
    this.settings = settings;
    this.dispatch = new Dispatch(loop, settings);
    this.mirrors = new Mirrors(loop, settings.mirrors(), settings.overload()::pausesReading);
    this.accessLog = settings.accessLog().loop(loop.draw());
  }

  /** What the loop owns besides its client connections. */
  public LoopContext context() {
    return loop;
  }

  /** Client connections now; any thread. */
  public int openConnections() {
    return open.getOpaque();
  }

  /** Bytes that waited in its connections, added up while memory is short; any thread. */
  public long waitingBytes() {
    return waitingBytes.getOpaque();
  }

  /** Fires the timeouts that have passed and follows the state of the memory. */
  public void tick() {
    loop.tick();
    Overload overload = settings.overload();
    if (loop.index() == 0) {
      overload.sample();
      settings.gate().memoryShort(overload.pausesAccepting());
    }
    measure(overload.measuring());
    int level = overload.level();
    if (level != seenLevel) {
      seenLevel = level;
      follow(overload.shedsIdle());
    }
  }

  /** A sum that is kept while nobody measures would be taken for the state of the next shortage. */
  private void measure(boolean measuring) {
    long sum = 0;
    if (measuring) {
      for (Http1Connection connection : connections) {
        sum += connection.waitingBytes();
      }
    } else if (waitingBytes.getPlain() == 0) {
      return;
    }
    waitingBytes.setOpaque(sum);
  }

  private void follow(boolean shedsIdle) {
    for (Http1Connection connection : new ArrayList<>(connections)) {
      connection.updateReading();
      if (shedsIdle && connection.closeIfIdle()) {
        loop.counters().forcedClose(ForcedClose.SHED);
      }
    }
  }

  /** Makes accepted channels of this event loop connections. */
  public ChannelInitializer<Channel> initializer() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        accept(channel);
      }
    };
  }

  void accept(Channel channel) {
    channel.pipeline().addLast(new Http1Connection(this, channel));
  }

  /** From now on answers ask to close, and connections without a request are closed. */
  public void drain() {
    loop.close();
    loop.upstreams().closeIdle();
    for (Http1Connection connection : new ArrayList<>(connections)) {
      connection.closeIfIdle();
    }
  }

  /** Closes every connection, whatever it does. */
  public void closeAll() {
    loop.close();
    for (Http1Connection connection : new ArrayList<>(connections)) {
      connection.stop();
    }
    mirrors.stop();
    loop.upstreams().closeIdle();
  }

  /** As {@link Peer#address}, one array for connections of one client that follow each other. */
  byte[] address(Channel channel) {
    byte[] address = Peer.address(channel);
    if (!Arrays.equals(address, lastAddress)) {
      lastAddress = address;
    }
    return lastAddress;
  }

  ServerSettings settings() {
    return settings;
  }

  LoopAccessLog accessLog() {
    return accessLog;
  }

  Mirrors mirrors() {
    return mirrors;
  }

  Dispatch dispatch() {
    return dispatch;
  }

  void opened(Http1Connection connection) {
    if (connections.add(connection)) {
      open.setOpaque(open.getPlain() + 1);
      settings.gate().opened();
    }
  }

  void closed(Http1Connection connection) {
    if (connections.remove(connection)) {
      open.setOpaque(open.getPlain() - 1);
      settings.gate().closed();
    }
  }
}
