package io.leat.proxy.server;

import io.leat.proxy.accesslog.AccessTrail;
import io.leat.proxy.http.OwnAnswer;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.http1.RequestHeadWriter;
import io.leat.proxy.http1.RequestRewrite;
import io.leat.proxy.http1.ResponseHead;
import io.leat.proxy.mirror.MirroredRequest;
import io.leat.proxy.routing.LiveTarget;
import io.leat.proxy.routing.RouteCache;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.telemetry.ForcedClose;
import io.leat.proxy.upstream.Deadline;
import io.leat.proxy.upstream.Downstream;
import io.leat.proxy.upstream.Exchange;
import io.leat.proxy.upstream.Expiring;
import io.leat.proxy.upstream.LoopContext;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection that speaks HTTP/1.1: reads a head, runs its exchange, reads the next head.
 *
 * <p>Bytes that cannot be used yet wait in {@link #pending}, bounded by switching reading off. A
 * client that sends FIN has left: what runs for it is cancelled. Used by one event loop.
 */
// What fails on a channel reaches its handler as an exception or as a close.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http1Connection extends ChannelInboundHandlerAdapter
    implements Downstream, BodyPace.Body, AnswerWriter.Client, Expiring {
  private static final Logger LOG = LoggerFactory.getLogger(Http1Connection.class);
  private static final int MAX_PENDING = 64 * 1024;
  private static final int REQUEST_HEAD_SIZE = 1024;

  private final ServerLoop server;
  private final LoopContext loop;
  private final Channel channel;
  private final AnswerWriter out;
  private final byte[] clientAddress;
  private final RequestBody requestBody;
  private final Deadline deadline = new Deadline(this);
  private final ReceivedBytes pending;
  private final HeadReader heads;
  private final InputSwitch input;
  private final AnswerShape shape = new AnswerShape();
  private final RouteCache routes;
  private Exchange exchange;
  private @Nullable EventIntake intake;

  /** Made for the first body that does not come with its head. */
  private @Nullable BodyPace pace;

  /** Made when the connection ends. */
  private @Nullable OrderlyClose closing;

  /** Of the request that runs. */
  private AccessTrail access = AccessTrail.OFF;

  private State state = State.HEAD;
  private boolean processing;

  Http1Connection(ServerLoop server, Channel channel) {
    this.server = server;
    this.loop = server.context();
    this.channel = channel;
    this.out = new AnswerWriter(loop, channel, this);
    this.input = new InputSwitch(channel);
    boolean external = Peer.external(channel.remoteAddress(), server.settings().trustedHops());
    this.routes = new RouteCache(external);
    this.clientAddress = server.address(channel);
    this.pending = new ReceivedBytes(channel.alloc());
    this.heads = new HeadReader(loop, pending);
    this.requestBody = new RequestBody(loop, pending);
    this.exchange = new Exchange(loop, this);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    server.opened(this);
    loop.wheel().arm(deadline, loop.refresh() + loop.limits().idleTimeout().toNanos());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    loop.refresh();
    switch (state) {
      case HEAD -> {
        pending.add(in);
        process();
      }
      case EXCHANGE -> {
        pending.add(in);
        if (exchange.held() && Peer.left(channel)) {
          closeNow();
        } else {
          process();
        }
      }
      case TUNNEL -> {
        armTunnel();
        exchange.fromClient(in);
      }
      case LINGER -> {
        in.release();
        closing().lingerOn();
      }
      default -> in.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    exchange.flushLater();
    updateReading();
  }

  /** Uses as many of the pending bytes as can be used now. */
  private void process() {
    if (processing) {
      return;
    }
    processing = true;
    boolean more = true;
    while (more && state == State.HEAD) {
      more = readHead();
    }
    processing = false;
    readBody();
    out.flushLater();
    if (incomplete()) {
      pace().watch();
    }
    updateReading();
  }

  /** Returns whether a request was taken, so that another may follow. */
  private boolean readHead() {
    if (!channel.isWritable()) {
      return false;
    }
    HeadReader.Found found = heads.read();
    switch (found) {
      case BEGINNING ->
          loop.wheel().arm(deadline, loop.now() + loop.limits().headerTimeout().toNanos());
      case MALFORMED -> refuseHead(heads.malformed());
      case HEAD -> begin(loop.requestHead());
      default -> {}
    }
    return found == HeadReader.Found.HEAD;
  }

  /** A head that nothing can be said about: not even where the next one begins. */
  private void refuseHead(Rejection rejection) {
    state = State.EXCHANGE;
    loop.wheel().disarm(deadline);
    access = server.accessLog().begin(null, clientAddress, loop.now());
    shape.unknown();
    requestBody.startEndless();
    refuse(rejection);
  }

  private void begin(RequestHead head) {
    loop.wheel().disarm(deadline);
    state = State.EXCHANGE;
    access = server.accessLog().begin(head, clientAddress, loop.now());
    shape.asks(head);
    restartPace();
    if (requestBody.start(head)) {
      server.dispatch().dispatch(head, this);
    } else {
      refuse(Rejection.BODY_TOO_LARGE);
    }
  }

  /** Adds a limit of the body, 0 for none; returns whether the announced length is within it. */
  boolean limitBody(RequestHead head, long limit) {
    return requestBody.limit(head, limit);
  }

  @Override
  public AccessTrail access() {
    return access;
  }

  private void endAccess(boolean whole) {
    exchange.endAccess(access, requestBody.bytes(), whole);
    // Another request may have it now.
    access = AccessTrail.OFF;
  }

  private OrderlyClose closing() {
    OrderlyClose made = closing;
    if (made == null) {
      made = new OrderlyClose(loop, channel, deadline);
      closing = made;
    }
    return made;
  }

  private BodyPace pace() {
    BodyPace made = pace;
    if (made == null) {
      made = new BodyPace(loop, requestBody, this);
      pace = made;
    }
    return made;
  }

  private void restartPace() {
    BodyPace watching = pace;
    if (watching != null) {
      watching.restart();
    }
  }

  /** Forwards the request that was parsed last. */
  void forward(RequestHead head, RequestRewrite rewrite, LiveTarget target) {
    rewrite.clientAddress = clientAddress;
    access.picked(target.revision().id());
    ByteBuf rewritten = channel.alloc().directBuffer(REQUEST_HEAD_SIZE);
    RequestHeadWriter.write(head, rewrite, rewritten);
    MirroredRequest mirror = server.mirrors().begin(target.policy().mirror(), head, rewrite);
    requestBody.mirror(mirror);
    exchange.start(target, rewritten, head, pending.size());
    if (mirror != null) {
      mirror.start(head);
    }
  }

  /** Hands the request that was parsed last to a Channel. */
  void takeEvent(RequestHead head, ChannelId channel) {
    EventIngress events = server.settings().events();
    if (!limitBody(head, events.maxBytes())) {
      refuse(Rejection.BODY_TOO_LARGE);
      return;
    }
    if (requestBody.held()) {
      out.goAhead();
      requestBody.wanted();
    }
    requestBody.dechunk();
    long announced = requestBody.done() ? 0 : head.contentLength();
    EventIntake begun = new EventIntake(this, loop, events, channel, announced);
    intake = begun;
    requestBody.passTo(begun);
    if (refusesBody()) {
      return;
    }
    if (requestBody.done()) {
      begun.complete(head);
    } else {
      begun.keepHead(head);
    }
  }

  private void readEvent(EventIntake into) {
    if (into.handedOver()) {
      return;
    }
    requestBody.passTo(into);
    pending.trim();
    if (!refusesBody() && requestBody.done()) {
      into.completeLater();
    }
  }

  private boolean refusesBody() {
    Rejection broken = requestBody.broken();
    if (broken != null) {
      shape.close();
      refuse(broken);
    }
    return broken != null;
  }

  /** Answers the request that a Channel has taken. */
  void answerEvent(OwnAnswer answer) {
    answer(answer);
    out.flushLater();
  }

  /** Answers the request that a Channel has refused. */
  void refuseEvent(Rejection rejection, OwnAnswer answer) {
    loop.counters().rejection(rejection);
    access.rejected(rejection);
    answerEvent(answer);
  }

  /** Answers the request that was parsed last with an error that no exchange has counted. */
  void refuse(Rejection rejection) {
    loop.counters().rejection(rejection);
    reject(rejection);
  }

  /** Answers the request that was parsed last. */
  void answer(OwnAnswer answer) {
    boolean close = closesAfterThis();
    out.own(answer, shape.connection(close), shape.withBody());
    answered(close);
  }

  private boolean closesAfterThis() {
    return !shape.keepAlive() || !mayStay();
  }

  private boolean mayStay() {
    return requestBody.done() && !loop.closing() && !server.settings().overload().shedsIdle();
  }

  private void answered(boolean close) {
    endAccess(true);
    requestBody.over();
    endIntake();
    if (exchange.spent()) {
      exchange = new Exchange(loop, this);
    }
    if (close) {
      startClose();
      return;
    }
    state = State.HEAD;
    loop.wheel().arm(deadline, loop.now() + loop.limits().idleTimeout().toNanos());
    if (!processing) {
      process();
    }
  }

  private void endIntake() {
    EventIntake taken = intake;
    intake = null;
    if (taken != null) {
      taken.over();
    }
  }

  private void startClose() {
    out.handOver();
    if (requestBody.done() && pending.size() == 0) {
      closeWhenWritten();
      return;
    }
    // Closing with unread bytes would reset the connection and might destroy the answer.
    pending.drop();
    state = State.LINGER;
    closing().linger();
    updateReading();
  }

  private void closeWhenWritten() {
    state = State.CLOSING;
    closing().whenWritten();
  }

  private void readBody() {
    EventIntake taken = intake;
    if (taken != null) {
      readEvent(taken);
      return;
    }
    if (state != State.EXCHANGE || !exchange.takesBody()) {
      return;
    }
    requestBody.pass(exchange);
    if (state != State.EXCHANGE) {
      return;
    }
    Rejection broken = requestBody.broken();
    if (broken != null) {
      shape.close();
      exchange.refuse(broken);
      return;
    }
    if (requestBody.done()) {
      exchange.requestDone();
    }
    pending.trim();
  }

  @Override
  public void takeBody() {
    readBody();
    exchange.flushLater();
    updateReading();
  }

  /** Reading is on while what arrives can be used or kept. */
  void updateReading() {
    boolean wanted =
        switch (state) {
          case HEAD -> pending.size() < MAX_PENDING || channel.isWritable();
          case EXCHANGE -> readsDuringExchange();
          case TUNNEL -> exchange.endpointHasRoom();
          case LINGER, CLOSING, CLOSED -> true;
        };
    if (input.turn(wanted)) {
      restartPace();
    }
  }

  private boolean readsDuringExchange() {
    if (server.settings().overload().pausesReading()) {
      return false;
    }
    if (intake != null && !requestBody.done()) {
      return true;
    }
    if (exchange.held() && Peer.leavingIsSeenUnread(channel)) {
      return false;
    }
    if (!requestBody.done() && exchange.takesBody()) {
      return exchange.endpointHasRoom();
    }
    return pending.size() < MAX_PENDING;
  }

  @Override
  public void reject(Rejection rejection) {
    access.rejected(rejection);
    answer(OwnAnswer.of(rejection));
    out.flushLater();
  }

  @Override
  public void rejectAndClose(Rejection rejection) {
    shape.close();
    reject(rejection);
  }

  @Override
  public void informational(ResponseHead head) {
    // RFC 9110 section 15.2: an HTTP/1.0 client would not understand it.
    requestBody.wanted();
    if (!shape.http10()) {
      out.interim(head, false);
      out.flushLater();
    }
  }

  @Override
  public void head(ResponseHead head) {
    shape.plan(head, mayStay(), loop.responseRewrite());
    out.head(head, exchange, server.settings().debugHeaders());
  }

  @Override
  public void body(ByteBuf data) {
    if (state == State.TUNNEL) {
      armTunnel();
    }
    out.body(data);
  }

  @Override
  public boolean bodyCopied(ByteBuf in, int length) {
    return out.bodyCopied(in, length);
  }

  @Override
  public void end() {
    out.end();
    out.flushLater();
    answered(!shape.keepAlive() || !requestBody.done());
  }

  @Override
  public void abort() {
    state = State.CLOSED;
    out.flushNow();
    if (shape.closeDelimited()) {
      Peer.reset(channel);
    } else {
      channel.close();
    }
  }

  @Override
  public void tunnel(ResponseHead head) {
    state = State.TUNNEL;
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    armTunnel();
    out.interim(head, true);
    out.flushLater();
    ByteBuf early = pending.take();
    if (early != null) {
      exchange.fromClient(early);
      exchange.flushLater();
    }
    updateReading();
  }

  private void armTunnel() {
    long wait = loop.limits().clients().tunnelIdleTimeout().toNanos();
    loop.wheel().arm(deadline, loop.now() + wait);
  }

  @Override
  public void tunnelInputEnded() {
    out.handOver();
    closing().endOutput();
  }

  @Override
  public void tunnelClosed() {
    endAccess(true);
    out.handOver();
    closeWhenWritten();
  }

  @Override
  public boolean writable() {
    return channel.isWritable();
  }

  @Override
  public void flush() {
    out.flushNow();
  }

  @Override
  public void flushLater() {
    out.flushLater();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!channel.isWritable()) {
      return;
    }
    exchange.clientWritable();
    if (state == State.HEAD) {
      process();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && state == State.TUNNEL) {
      input.end();
      exchange.clientInputEnded();
    }
  }

  @Override
  public void expired(long nowNanos) {
    if (state == State.HEAD && heads.begun()) {
      refuseHead(Rejection.REQUEST_TIMEOUT);
    } else if (state == State.HEAD || state == State.TUNNEL) {
      loop.counters().forcedClose(state == State.HEAD ? ForcedClose.IDLE : ForcedClose.TUNNEL_IDLE);
      closeNow();
    } else if (state != State.EXCHANGE) {
      closeNow();
    }
  }

  @Override
  public void readsTooSlowly() {
    loop.counters().forcedClose(ForcedClose.SLOW_READER);
    forget();
    Peer.reset(channel);
  }

  @Override
  public boolean incomplete() {
    return state == State.EXCHANGE && !requestBody.done();
  }

  @Override
  public boolean awaited() {
    return input.on() && (intake != null || exchange.takesBody()) && !requestBody.held();
  }

  @Override
  public void tooSlow() {
    loop.counters().forcedClose(ForcedClose.SLOW_BODY);
    if (intake == null) {
      exchange.refuse(Rejection.REQUEST_TIMEOUT);
    } else {
      refuse(Rejection.REQUEST_TIMEOUT);
    }
  }

  /** Where the requests of this client go. */
  RouteCache routes() {
    return routes;
  }

  /** Bytes that wait here, for the client and for its endpoint. */
  long waitingBytes() {
    EventIntake taken = intake;
    return pending.capacity()
        + out.waitingBytes()
        + exchange.bufferedBytes()
        + (taken == null ? 0 : taken.bytes());
  }

  /** Closes a connection that is between two requests; returns whether it was. */
  boolean closeIfIdle() {
    boolean idle = state == State.HEAD && pending.size() == 0;
    if (idle) {
      closeNow();
    }
    return idle;
  }

  /** The process ends: a request that still waits is told so, everything else breaks off. */
  void stop() {
    if (exchange.held()) {
      exchange.refuse(Rejection.DRAINING);
    } else {
      closeNow();
    }
  }

  /** Closes whatever runs. */
  private void closeNow() {
    out.flushNow();
    forget();
    channel.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    loop.refresh();
    forget();
  }

  private void forget() {
    state = State.CLOSED;
    server.closed(this);
    loop.wheel().remove(deadline);
    out.stop();
    BodyPace watching = pace;
    if (watching != null) {
      watching.stop();
    }
    exchange.cancel();
    endAccess(false);
    requestBody.over();
    endIntake();
    pending.drop();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.warn("a client connection failed", cause);
    }
    closeNow();
  }
}
