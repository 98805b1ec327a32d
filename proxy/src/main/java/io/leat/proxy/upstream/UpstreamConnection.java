package io.leat.proxy.upstream;

import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.BodyReader;
import io.leat.proxy.http1.Framing;
import io.leat.proxy.http1.HeadEnd;
import io.leat.proxy.http1.ResponseHead;
import io.leat.proxy.table.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1.1 connection to an endpoint: it carries one exchange at a time and waits in its pool
 * in between. Bytes that nobody asked for close it, so that no answer can be queued for a request
 * that comes later (RFC 9112 section 9.2). Used by one event loop at a time, see {@link Takeover}.
 */
// What fails on a channel reaches its handler as an exception or as a close.
@SuppressWarnings("FutureReturnValueIgnored")
final class UpstreamConnection extends ChannelInboundHandlerAdapter
    implements BodyReader.Sink, Expiring, TurnFlush.Flushable {
  static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 * 1024, 64 * 1024);
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamConnection.class);
  private static final int MAX_INFORMATIONAL = 16;

  /** What the connection does. */
  private enum State {
    CONNECTING,
    IDLE,
    MOVING,
    HEAD,
    BODY,
    TUNNEL,
    CLOSED
  }

  private LoopContext loop;
  private EndpointPool pool;
  private final SocketChannel channel;
  private final Deadline idleDeadline = new Deadline(this);
  private final BodyReader body = new BodyReader();
  private State state = State.CONNECTING;
  private @Nullable Exchange exchange;
  private @Nullable ByteBuf partialHead;
  private int searched;
  private int informational;
  private Framing framing = Framing.NONE;
  private @Nullable WatchedWrite watchedWrite;
  private long idleNanos;
  private boolean answered;
  private boolean keepAlive;
  private boolean failed;
  private boolean dirty;
  private boolean flushesLater;
  private boolean inputEnded;

  UpstreamConnection(LoopContext loop, EndpointPool pool, Exchange exchange) {
    this.loop = loop;
    this.pool = pool;
    this.exchange = exchange;
    this.idleNanos = loop.limits().upstreamIdleTimeout().toNanos();
    this.channel = pool.owner().transport().channels().newChannel();
  }

  void connect() {
    long timeout = loop.limits().connectTimeout().toMillis();
    channel.config().setTcpNoDelay(true).setConnectTimeoutMillis((int) timeout);
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    // An endpoint may answer and close while a body is still sent: its answer must be read.
    channel.config().setAutoClose(false);
    channel.pipeline().addLast(this);
    loop.eventLoop().register(channel);
    Endpoint endpoint = pool.endpoint().endpoint();
    InetSocketAddress literal = HostResolver.literal(endpoint.host(), endpoint.port());
    if (literal != null) {
      connectTo(literal);
      return;
    }
    pool.owner()
        .transport()
        .resolver()
        .resolve(endpoint.host(), endpoint.port())
        .whenComplete((address, error) -> loop.eventLoop().execute(() -> resolved(address)));
  }

  private void resolved(@Nullable InetSocketAddress address) {
    if (address == null) {
      connectFailed(Rejection.CONNECT_REFUSED);
    } else if (state == State.CONNECTING) {
      connectTo(address);
    }
  }

  private void connectTo(InetSocketAddress address) {
    channel.connect(address).addListener((ChannelFuture connecting) -> connectDone(connecting));
  }

  private void connectDone(ChannelFuture connecting) {
    if (!connecting.isSuccess()) {
      boolean timeout = connecting.cause() instanceof ConnectTimeoutException;
      connectFailed(timeout ? Rejection.CONNECT_TIMEOUT : Rejection.CONNECT_REFUSED);
    }
  }

  private void connectFailed(Rejection rejection) {
    Exchange waiting = exchange;
    exchange = null;
    close();
    if (waiting != null) {
      waiting.connectFailed(rejection);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (state != State.CONNECTING) {
      return;
    }
    loop.refresh();
    Exchange waiting = exchange;
    if (waiting != null) {
      waiting.connected(this);
    } else {
      park();
    }
  }

  /** The exchange is gone before the connection was made; the next one may have it. */
  void detach() {
    exchange = null;
    if (pool.crowded()) {
      close();
    }
  }

  /** Whether the connection can carry another exchange, as far as the event loop knows. */
  boolean alive() {
    return state == State.IDLE
        && channel.isActive()
        && !failed
        && idleDeadline.dueNanos - loop.now() > 0;
  }

  /** Whether the endpoint closed it and the event loop does not know yet. */
  boolean peerLeft() {
    return pool.owner().peerCheck().left(channel);
  }

  /** Takes an exchange whose head is about to be written. */
  void begin(Exchange next) {
    exchange = next;
    state = State.HEAD;
    informational = 0;
    answered = false;
    searched = 0;
    loop.wheel().disarm(idleDeadline);
  }

  /** Leaves the event loop, out of the pool already; {@link #left} follows. */
  ChannelFuture leave() {
    state = State.MOVING;
    loop.wheel().remove(idleDeadline);
    return channel.deregister();
  }

  /** Whether it left whole and can {@link #join} another; the event loop that it left. */
  boolean left() {
    if (state != State.MOVING || !channel.isActive() || channel.isRegistered() || failed) {
      close();
      return false;
    }
    pool.went();
    return true;
  }

  /** Nobody takes it in. */
  void strand() {
    state = State.CLOSED;
    pool.endpoint().countConnection(-1);
    channel.unsafe().closeForcibly();
  }

  /** Goes on with another event loop, which calls this. */
  ChannelFuture join(LoopContext newLoop, EndpointPool newPool) {
    loop = newLoop;
    pool = newPool;
    newPool.came();
    return newLoop.eventLoop().register(channel);
  }

  /** Whether it can carry an exchange here. */
  boolean joined() {
    return state == State.MOVING && channel.isActive() && !failed;
  }

  void write(ByteBuf data) {
    dirty = true;
    channel.write(data, channel.voidPromise());
  }

  /** As {@link #write}; {@link #watchedWriteUnsent} tells what became of it. */
  void writeWatched(ByteBuf data) {
    dirty = true;
    WatchedWrite promise = new WatchedWrite(channel);
    watchedWrite = promise;
    channel.write(data, promise);
  }

  /** Whether the watched write failed and nothing of it left this process. */
  boolean watchedWriteUnsent() {
    WatchedWrite written = watchedWrite;
    watchedWrite = null;
    return written != null && written.failedUnsent();
  }

  void flushNow() {
    if (dirty) {
      dirty = false;
      channel.flush();
    }
  }

  @Override
  public void flush() {
    flushesLater = false;
    flushNow();
  }

  /** Sends what was written when the event loop's turn ends. */
  void flushLater() {
    if (dirty && !flushesLater) {
      flushesLater = true;
      loop.turnFlush().later(this);
    }
  }

  /** Bytes that wait to be sent to the endpoint. */
  long bufferedBytes() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes();
  }

  boolean writable() {
    return channel.isWritable();
  }

  void read(boolean on) {
    // Netty 4.2.18 forgets the socket once its input has ended, and fails when asked to read on.
    if (channel.config().isAutoRead() != on && !inputEnded) {
      channel.config().setAutoRead(on);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    loop.refresh();
    switch (state) {
      case HEAD, BODY -> progress(withPartialHead(in));
      case TUNNEL -> intoTunnel(in);
      default -> {
        in.release();
        close();
      }
    }
  }

  private ByteBuf withPartialHead(ByteBuf in) {
    ByteBuf before = partialHead;
    partialHead = null;
    return before == null ? in : Buffers.join(channel.alloc(), before, in);
  }

  private void progress(ByteBuf in) {
    answered = true;
    boolean more = true;
    while (more && state == State.HEAD) {
      more = readHead(in);
    }
    if (state == State.BODY) {
      readBody(in);
    }
    if (state == State.HEAD && in.isReadable()) {
      partialHead = in;
    } else if (state == State.TUNNEL && in.isReadable()) {
      intoTunnel(in);
    } else {
      in.release();
    }
  }

  private boolean readHead(ByteBuf in) {
    Exchange current = exchange;
    int start = in.readerIndex();
    ResponseHead head = loop.responseHead();
    if (searched == 0 && current != null) {
      int whole = head.parseAhead(in, start, in.writerIndex(), current.isHead());
      if (whole >= 0) {
        in.readerIndex(whole);
        take(current, head);
        return true;
      }
    }
    int end = HeadEnd.find(in, start + Math.max(0, searched - 3), in.writerIndex());
    if (end < 0 || current == null) {
      searched = in.readableBytes();
      if (head.exceeds(searched)) {
        fail(Rejection.UPSTREAM_PROTOCOL);
      }
      return false;
    }
    searched = 0;
    Rejection broken = head.parse(in, start, end - start, current.isHead());
    in.readerIndex(end);
    if (broken != null) {
      fail(broken);
    } else {
      take(current, head);
    }
    return true;
  }

  private void take(Exchange current, ResponseHead head) {
    if (head.status() == 101) {
      switchProtocols(current, head);
    } else if (head.isInformational()) {
      relayInformational(current, head);
    } else {
      startAnswer(current, head);
    }
  }

  private void relayInformational(Exchange current, ResponseHead head) {
    informational++;
    if (informational > MAX_INFORMATIONAL) {
      fail(Rejection.UPSTREAM_PROTOCOL);
    } else {
      current.informational(head);
    }
  }

  private void switchProtocols(Exchange current, ResponseHead head) {
    if (!current.mayUpgrade(head)) {
      close();
      current.switchedWrongly();
      return;
    }
    state = State.TUNNEL;
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    current.upgraded(head);
  }

  private void startAnswer(Exchange current, ResponseHead head) {
    keepAlive = head.keepAlive();
    idleNanos = idleNanos(head.keepAliveSeconds());
    framing = head.framing();
    body.dechunk(current.dechunk());
    body.start(framing, head.contentLength(), current.acceptsTrailers());
    state = State.BODY;
    current.head(head);
  }

  /** The endpoint may close as soon as its own time is over: the connection goes before. */
  private long idleNanos(int announcedSeconds) {
    long ours = loop.limits().upstreamIdleTimeout().toNanos();
    return announcedSeconds < 0
        ? ours
        : Math.min(ours, TimeUnit.SECONDS.toNanos(announcedSeconds - 1L));
  }

  private void readBody(ByteBuf in) {
    if (!body.done()) {
      body.read(in, this);
    }
    if (state != State.BODY) {
      return;
    }
    if (body.failed()) {
      breakOff();
    } else if (body.done()) {
      complete(in.isReadable());
    }
  }

  @Override
  public void accept(ByteBuf slice) {
    Exchange current = exchange;
    if (current == null) {
      slice.release();
    } else {
      current.body(slice);
    }
  }

  @Override
  public boolean copied(ByteBuf in, int length) {
    Exchange current = exchange;
    return current != null && current.bodyCopied(in, length);
  }

  private void intoTunnel(ByteBuf in) {
    Exchange current = exchange;
    if (current == null) {
      in.release();
    } else {
      current.body(in);
    }
  }

  private void complete(boolean bytesLeft) {
    Exchange done = exchange;
    exchange = null;
    boolean reusable = keepAlive && !bytesLeft && !failed && done != null && done.requestSent();
    if (reusable) {
      park();
    } else {
      close();
    }
    if (done != null) {
      done.complete();
    }
  }

  /** Waits in the pool for the next exchange. */
  void park() {
    if (idleNanos <= 0 || !channel.isActive() || !pool.keep(this)) {
      close();
      return;
    }
    state = State.IDLE;
    read(true);
    loop.wheel().arm(idleDeadline, loop.now() + idleNanos);
  }

  /** The endpoint broke the protocol before its answer began. */
  private void fail(Rejection rejection) {
    Exchange current = exchange;
    exchange = null;
    close();
    if (current != null) {
      current.failed(rejection, true);
    }
  }

  private void breakOff() {
    Exchange current = exchange;
    exchange = null;
    close();
    if (current != null) {
      current.broken();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    if (current != null) {
      current.flushClient();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    if (current != null && channel.isWritable()) {
      current.endpointWritable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    Exchange current = exchange;
    if (event == ChannelInputShutdownEvent.INSTANCE && current != null) {
      inputEnded = true;
      current.endpointInputEnded();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    loop.refresh();
    State last = state;
    Exchange current = exchange;
    exchange = null;
    close();
    if (current == null) {
      return;
    }
    switch (last) {
      case HEAD -> current.failed(Rejection.UPSTREAM_CLOSED, answered);
      case BODY -> {
        if (framing == Framing.UNTIL_CLOSE && !failed) {
          current.complete();
        } else {
          current.broken();
        }
      }
      case TUNNEL -> current.tunnelClosed();
      default -> {}
    }
  }

  /** A failed write or read; what follows from it comes with {@link #channelInactive}. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failed = true;
    if (!(cause instanceof IOException)) {
      LOG.warn("a connection to an endpoint failed", cause);
      channel.close();
    }
  }

  @Override
  public void expired(long nowNanos) {
    if (state == State.IDLE) {
      close();
    }
  }

  /** Sends no more into the tunnel, once all that was written is sent. */
  void endOutput() {
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(written -> {
          if (channel.isActive()) {
            channel.shutdownOutput();
          }
        });
  }

  void closeWhenWritten() {
    exchange = null;
    if (forget()) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  void close() {
    exchange = null;
    if (forget()) {
      channel.close();
    }
  }

  private boolean forget() {
    if (state == State.CLOSED) {
      return false;
    }
    state = State.CLOSED;
    loop.wheel().remove(idleDeadline);
    pool.closed(this);
    ByteBuf left = partialHead;
    partialHead = null;
    if (left != null) {
      left.release();
    }
    return true;
  }
}
