package io.leat.proxy;

import io.leat.proxy.accesslog.AccessLog;
import io.leat.proxy.balance.RequestHold;
import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.server.EventIngress;
import io.leat.proxy.server.Transport;
import io.leat.proxy.telemetry.Ticker;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * How a {@link Proxy} is set up.
 *
 * @param bind the address that it listens on
 * @param port of the data port; 0 for a free one
 * @param eventLoops how many threads serve; each has its own listener where the system allows it
 * @param limits what clients and endpoints may cost
 * @param table where requests go
 * @param hold where requests wait for capacity
 * @param ticker elapsed time, for timeouts
 * @param clock the time of day, for {@code Date}
 * @param trustedHops proxies of ours in front of this one; 0 believes no client
 * @param debugHeaders whether answers carry {@code Server-Timing} and {@code Leat-Revision}
 * @param accessLog what finished requests are told to; closed by its owner after the proxy
 * @param traceSample the share of requests without a {@code traceparent} that start a trace
 * @param transport how it talks to the network
 * @param events where requests to Channels go
 */
public record ProxySettings(
    String bind,
    int port,
    int eventLoops,
    ProxyLimits limits,
    LiveTable table,
    RequestHold hold,
    Ticker ticker,
    InstantSource clock,
    int trustedHops,
    boolean debugHeaders,
    AccessLog accessLog,
    double traceSample,
    Transport transport,
    EventIngress events) {

  /** Port 0 of every address, one event loop per processor, nothing held, nobody trusted. */
  public static ProxySettings of(LiveTable table) {
    return new ProxySettings(
        "0.0.0.0",
        0,
        Runtime.getRuntime().availableProcessors(),
        ProxyLimits.DEFAULT,
        table,
        RequestHold.NONE,
        Ticker.system(),
        InstantSource.system(),
        0,
        false,
        AccessLog.OFF,
        0,
        Transport.best(),
        EventIngress.NONE);
  }

  /** The same on another address and port. */
  public ProxySettings withAddress(String address, int newPort) {
    return edited(draft -> {
      draft.bind = address;
      draft.port = newPort;
    });
  }

  /** The same with another number of event loops. */
  public ProxySettings withEventLoops(int count) {
    return edited(draft -> draft.eventLoops = count);
  }

  /** The same with other limits. */
  public ProxySettings withLimits(ProxyLimits newLimits) {
    return edited(draft -> draft.limits = newLimits);
  }

  /** The same with a hold. */
  public ProxySettings withHold(RequestHold newHold) {
    return edited(draft -> draft.hold = newHold);
  }

  /** The same with other sources of time. */
  public ProxySettings withTime(Ticker newTicker, InstantSource newClock) {
    return edited(draft -> {
      draft.ticker = newTicker;
      draft.clock = newClock;
    });
  }

  /** The same with trusted proxies in front. */
  public ProxySettings withTrustedHops(int hops) {
    return edited(draft -> draft.trustedHops = hops);
  }

  /** The same with debug headers on or off. */
  public ProxySettings withDebugHeaders(boolean on) {
    return edited(draft -> draft.debugHeaders = on);
  }

  /** The same with an access log. */
  public ProxySettings withAccessLog(AccessLog log) {
    return edited(draft -> draft.accessLog = log);
  }

  /** The same with a share of requests that start a trace. */
  public ProxySettings withTraceSample(double share) {
    return edited(draft -> draft.traceSample = share);
  }

  /** The same with another way to talk to the network. */
  public ProxySettings withTransport(Transport other) {
    return edited(draft -> draft.transport = other);
  }

  /** The same with Channels. */
  public ProxySettings withEvents(EventIngress ingress) {
    return edited(draft -> draft.events = ingress);
  }

  private ProxySettings edited(Consumer<Draft> edit) {
    Draft draft = new Draft(this);
    edit.accept(draft);
    return draft.settings();
  }

  /** The settings while one of them changes. */
  private static final class Draft {
    String bind;
    int port;
    int eventLoops;
    ProxyLimits limits;
    LiveTable table;
    RequestHold hold;
    Ticker ticker;
    InstantSource clock;
    int trustedHops;
    boolean debugHeaders;
    AccessLog accessLog;
    double traceSample;
    Transport transport;
    EventIngress events;

    Draft(ProxySettings from) {
      bind = from.bind;
      port = from.port;
      eventLoops = from.eventLoops;
      limits = from.limits;
      table = from.table;
      hold = from.hold;
      ticker = from.ticker;
      clock = from.clock;
      trustedHops = from.trustedHops;
      debugHeaders = from.debugHeaders;
      accessLog = from.accessLog;
      traceSample = from.traceSample;
      transport = from.transport;
      events = from.events;
    }

    ProxySettings settings() {
      return new ProxySettings(
          bind,
          port,
          eventLoops,
          limits,
          table,
          hold,
          ticker,
          clock,
          trustedHops,
          debugHeaders,
          accessLog,
          traceSample,
          transport,
          events);
    }
  }
}
