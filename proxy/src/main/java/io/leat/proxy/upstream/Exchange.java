package io.leat.proxy.upstream;

import io.leat.proxy.accesslog.AccessTrail;
import io.leat.proxy.balance.HeldRequest;
import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.balance.RevisionActivity;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.Framing;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.http1.ResponseHead;
import io.leat.proxy.routing.LivePolicy;
import io.leat.proxy.routing.LiveTarget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One request from its dispatch to the end of its answer: waits for capacity, takes a connection,
 * joins both sides, watches the revision's timeouts, and gives its slot back exactly once.
 *
 * <p>Sending a request again. An endpoint closes idle connections when it likes, so a request may
 * meet a connection that is dead already; the client should not notice. What may be sent again:
 *
 * <ul>
 *   <li>Any request whose connection could not be made: nothing of it left this process, and its
 *       body is unread. One other endpoint is tried, one that is not ejected first.
 *   <li>Any request on a reused connection that turns out to be closed before the first flush, or
 *       whose first write failed before the system took a byte. The body bytes of that flush are
 *       kept until then ({@link RetainedRequest}). Before a reused connection gets a request that
 *       may not be repeated, the kernel is asked whether the endpoint has closed it.
 *   <li>An idempotent request without a body (RFC 9110 section 9.2.2) whose reused connection was
 *       closed before a byte of an answer came.
 * </ul>
 *
 * <p>The last two go to the same endpoint on a new connection, once, within the {@link
 * RetryBudget}; a refused connection cost nobody any work and takes nothing from the budget. Never
 * sent again: a request of which an answer began, with whatever status, and one that went out on a
 * new connection. One with a body that was written and then lost is answered 502: nobody knows
 * whether it took effect.
 *
 * <p>Connections. An exchange uses one, so the limit of connections to an endpoint is one of slots:
 * when every endpoint of the revision has as many requests in flight, the next is refused.
 *
 * <p>Reused by its connection for the next request, unless it is {@link #spent}. Everything happens
 * on one event loop; only {@link #granted} and {@link #refused} may be called by other threads.
 */
public final class Exchange extends HeldRequest implements Expiring {
  private static final int SWITCHING_PROTOCOLS = 101;

  private final LoopContext loop;
  private final Downstream client;
  private final boolean mirrored;
  private final ExchangeTimeout timeout;
  private final RetainedRequest request = new RetainedRequest();

  private Phase phase = Phase.NONE;
  private @Nullable LiveRevision revision;
  private @Nullable LiveEndpoint endpoint;
  private @Nullable UpstreamConnection upstream;
  private @Nullable Takeover takeover;
  private LivePolicy policy = LivePolicy.NONE;
  private int metricsId;
  private int status;
  private long forwardedNanos;
  private boolean isHead;
  private boolean dechunk;
  private boolean acceptsTrailers;

  /** What the client offers to switch to. */
  private List<String> offered = List.of();

  private boolean requestSent;
  private boolean reused;
  private boolean resent;
  private boolean rerouted;
  private boolean clientEnded;
  private boolean endpointEnded;
  private boolean spent;
  private boolean forwarded;
  private boolean waited;

  /** An exchange of a client connection on the event loop of {@code loop}. */
  public Exchange(LoopContext loop, Downstream client) {
    this.loop = loop;
    this.client = client;
    this.mirrored = client.mirrored();
    this.timeout = new ExchangeTimeout(loop.wheel(), this);
  }

  /**
   * Starts with a request.
   *
   * @param rewritten the head as the endpoint will get it; ownership passes
   * @param parsed the same head as it came; read during the call only
   * @param buffered bytes of the client that wait behind the head
   */
  public void start(LiveTarget target, ByteBuf rewritten, RequestHead parsed, int buffered) {
    policy = target.policy();
    metricsId = target.metricsId();
    status = 0;
    isHead = parsed.isHead();
    dechunk = parsed.minorVersion() == 0;
    acceptsTrailers = parsed.acceptsTrailers();
    offered = parsed.wantsUpgrade() ? parsed.upgradeProtocols() : List.of();
    requestSent = parsed.framing() == Framing.NONE;
    request.start(rewritten, requestSent && parsed.isIdempotent());
    reused = false;
    resent = false;
    rerouted = false;
    forwarded = false;
    waited = false;
    clientEnded = false;
    endpointEnded = false;
    arrivedNanos = loop.now();
    forwardedNanos = arrivedNanos;
    timeout.start(arrivedNanos, target.limits());
    acquire(target.revision(), buffered);
  }

  private void acquire(LiveRevision wanted, int buffered) {
    revision = wanted;
    RevisionActivity activity = wanted.activity();
    activity.arrived().increment();
    loop.endpoints().arrived(arrivedNanos);
    // Those who wait already go first.
    boolean first = activity.waiting().get() == 0;
    LiveEndpoint free = first ? loop.endpoints().first(wanted) : null;
    if (free != null) {
      endpoint = free;
      connect(free, false);
    } else if (mirrored || (first && loop.endpoints().outOfConnections(wanted))) {
      reject(Rejection.CONNECTION_LIMIT);
    } else {
      phase = Phase.HELD;
      heldBytes = request.capacity() + buffered;
      loop.hold().hold(wanted, this);
    }
  }

  @Override
  public void granted(LiveRevision from, LiveEndpoint slot) {
    try {
      loop.eventLoop().execute(() -> take(from, slot));
    } catch (RejectedExecutionException stopped) {
      // The event loop is gone and its clients with it.
      from.release(slot, loop.hold());
    }
  }

  private void take(LiveRevision from, LiveEndpoint slot) {
    if (phase != Phase.HELD || spent) {
      from.release(slot, loop.hold());
      return;
    }
    forwardedNanos = loop.refresh();
    waited = true;
    revision = from;
    endpoint = slot;
    if (loop.endpoints().exceeded(slot)) {
      reject(Rejection.CONNECTION_LIMIT);
    } else {
      connect(slot, false);
    }
  }

  @Override
  public void refused(Rejection rejection) {
    try {
      loop.eventLoop()
          .execute(() -> {
            if (phase == Phase.HELD && !spent) {
              loop.refresh();
              reject(rejection);
            }
          });
    } catch (RejectedExecutionException stopped) {
      // Nobody is left who could be answered.
      return;
    }
  }

  private void connect(LiveEndpoint to, boolean fresh) {
    phase = Phase.CONNECTING;
    forwarded = true;
    UpstreamConnection idle = fresh ? null : loop.upstreams().takeIdle(to, !request.repeatable());
    if (idle != null) {
      reused = true;
      connected(idle);
      return;
    }
    takeover = fresh ? null : loop.endpoints().takeOver(revision, to, this, loop.upstreams());
    if (takeover == null) {
      open(to);
    }
  }

  boolean repeatable() {
    return request.repeatable();
  }

  void takenOver(UpstreamConnection idle) {
    takeover = null;
    reused = true;
    connected(idle);
  }

  void notTakenOver() {
    takeover = null;
    LiveEndpoint to = endpoint;
    if (to != null) {
      open(to);
    }
  }

  private void open(LiveEndpoint to) {
    reused = false;
    try {
      UpstreamConnection opened = loop.upstreams().open(to, this);
      upstream = opened;
      opened.connect();
    } catch (ChannelException noSocket) {
      // Out of file descriptors: the one limit of the process that only the kernel counts.
      reject(Rejection.OVERLOADED);
    }
  }

  void connected(UpstreamConnection connection) {
    upstream = connection;
    phase = Phase.SENT;
    connection.begin(this);
    request.write(connection, reused);
    client.takeBody();
    if (!request.watched()) {
      connection.flushLater();
      return;
    }
    connection.flushNow();
    if (upstream == connection && request.provablyUnsent(connection)) {
      connection.close();
      resendOr(Rejection.UPSTREAM_CLOSED);
    }
  }

  void connectFailed(Rejection rejection) {
    upstream = null;
    LiveRevision from = revision;
    LiveEndpoint failed = endpoint;
    if (from == null || failed == null) {
      return;
    }
    loop.endpoints().failed(from, failed, loop.now());
    LiveEndpoint other = rerouted ? null : loop.endpoints().other(from, failed);
    if (other == null) {
      reject(rejection);
      return;
    }
    rerouted = true;
    endpoint = other;
    from.release(failed, loop.hold());
    connect(other, resent);
  }

  /** The connection failed before the head of an answer was read. */
  void failed(Rejection rejection, boolean sawBytes) {
    upstream = null;
    boolean diedIdle = reused && !sawBytes;
    if (!diedIdle) {
      loop.endpoints().failed(revision, endpoint, loop.now());
    }
    if (diedIdle && request.repeatable()) {
      resendOr(rejection);
    } else {
      reject(rejection);
    }
  }

  /** Starts over on a new connection to the same endpoint, if that is still possible. */
  private void resendOr(Rejection rejection) {
    LiveEndpoint same = endpoint;
    boolean possible = !resent && request.available();
    if (possible && same != null && loop.endpoints().mayResend(loop.now())) {
      resent = true;
      connect(same, true);
    } else {
      reject(rejection);
    }
  }

  private void answerBegins() {
    request.release();
    LiveRevision by = revision;
    if (waited && by != null) {
      waited = false;
      loop.hold().answered(by);
    }
    loop.endpoints().answered(revision, endpoint);
  }

  private void reject(Rejection rejection) {
    finish(rejection.status());
    count(rejection);
    client.reject(rejection);
  }

  private void count(Rejection rejection) {
    if (!mirrored) {
      loop.counters().rejection(rejection);
    }
  }

  void informational(ResponseHead interim) {
    answerBegins();
    client.informational(interim);
  }

  void head(ResponseHead answer) {
    answerBegins();
    phase = Phase.ANSWERING;
    status = answer.status();
    timeout.answering(loop.now());
    client.head(answer);
  }

  void body(ByteBuf data) {
    timeout.progress(loop.now());
    client.body(data);
    if (!client.writable()) {
      client.flush();
      UpstreamConnection from = upstream;
      if (from != null && !client.writable()) {
        from.read(false);
      }
    }
  }

  /** Passes on a small part of the body as a copy; false when it must come as a buffer. */
  boolean bodyCopied(ByteBuf in, int length) {
    if (!client.bodyCopied(in, length)) {
      return false;
    }
    timeout.progress(loop.now());
    return true;
  }

  void complete() {
    upstream = null;
    finish(status);
    client.end();
  }

  void broken() {
    upstream = null;
    finish(status);
    client.abort();
  }

  /** Whether a 101 says what the client offered, after the whole request was sent. */
  boolean mayUpgrade(ResponseHead answer) {
    List<String> chosen = answer.upgradeProtocols();
    return requestSent && !chosen.isEmpty() && offered.containsAll(chosen);
  }

  /** The endpoint switched to what nobody offered: what it says from now on has no meaning. */
  void switchedWrongly() {
    upstream = null;
    finish(Rejection.UPSTREAM_PROTOCOL.status());
    count(Rejection.UPSTREAM_PROTOCOL);
    client.rejectAndClose(Rejection.UPSTREAM_PROTOCOL);
  }

  void upgraded(ResponseHead answer) {
    answerBegins();
    phase = Phase.TUNNEL;
    status = answer.status();
    timeout.stop();
    client.tunnel(answer);
  }

  void endpointInputEnded() {
    endpointEnded = true;
    client.tunnelInputEnded();
    closeFinishedTunnel();
  }

  void tunnelClosed() {
    upstream = null;
    finish(status);
    client.tunnelClosed();
  }

  void endpointWritable() {
    client.takeBody();
  }

  void flushClient() {
    client.flushLater();
  }

  boolean isHead() {
    return isHead;
  }

  boolean dechunk() {
    return dechunk;
  }

  boolean acceptsTrailers() {
    return acceptsTrailers;
  }

  boolean requestSent() {
    return requestSent;
  }

  /** Whether the request waits for capacity. */
  public boolean held() {
    return phase == Phase.HELD;
  }

  /** Whether the endpoint has a connection that body bytes can be written to. */
  public boolean takesBody() {
    return phase == Phase.SENT || phase == Phase.ANSWERING || phase == Phase.TUNNEL;
  }

  /** Whether the endpoint's connection has room for more, after what was written is sent. */
  public boolean endpointHasRoom() {
    UpstreamConnection to = upstream;
    if (to != null && !to.writable()) {
      to.flushNow();
    }
    return to != null && to.writable();
  }

  /** Bytes that wait to be sent to the endpoint. */
  public long bufferedBytes() {
    UpstreamConnection to = upstream;
    return to == null ? 0 : to.bufferedBytes();
  }

  /** Whether it must not be used for another request, because the hold may still know it. */
  public boolean spent() {
    return spent;
  }

  /** The revision that serves the request, if it came that far. */
  public @Nullable LiveRevision revision() {
    return revision;
  }

  /** What the route of the request asks for. */
  public LivePolicy policy() {
    return policy;
  }

  /** When the request left for the endpoint; the time before was spent waiting for capacity. */
  public long forwardedNanos() {
    return forwardedNanos;
  }

  /**
   * Ends what is logged of a request of this connection.
   *
   * @param bodyBytes that the client sent
   * @param whole whether the client got a whole answer
   */
  public void endAccess(AccessTrail access, long bodyBytes, boolean whole) {
    if (access.active()) {
      long hold = (forwarded ? forwardedNanos : loop.now()) - arrivedNanos;
      access.timed(hold, forwarded ? loop.now() - forwardedNanos : -1);
      access.end(bodyBytes, whole, loop.now());
    }
  }

  /** Sends a part of the request body, or bytes of the tunnel; ownership passes. */
  public void fromClient(ByteBuf data) {
    UpstreamConnection to = upstream;
    if (to == null || !takesBody()) {
      data.release();
      return;
    }
    request.keep(data);
    to.write(data);
  }

  /** The request body is whole. */
  public void requestDone() {
    requestSent = true;
  }

  /** Sends what was written to the endpoint when the event loop's turn ends. */
  public void flushLater() {
    UpstreamConnection to = upstream;
    if (to != null) {
      to.flushLater();
    }
  }

  /** The client takes bytes again. */
  public void clientWritable() {
    UpstreamConnection from = upstream;
    if (from != null && takesBody()) {
      timeout.progress(loop.now());
      from.read(true);
    }
  }

  /** The client sends nothing more into the tunnel. */
  public void clientInputEnded() {
    UpstreamConnection to = upstream;
    if (phase == Phase.TUNNEL && to != null) {
      clientEnded = true;
      to.endOutput();
      closeFinishedTunnel();
    }
  }

  private void closeFinishedTunnel() {
    if (clientEnded && endpointEnded) {
      letGo();
      finish(status);
      client.tunnelClosed();
    }
  }

  /** Gives the request up: answers when that is still possible, else breaks off. */
  public void refuse(Rejection rejection) {
    boolean began = phase == Phase.ANSWERING;
    letGo();
    if (began) {
      finish(status);
      client.abort();
    } else {
      reject(rejection);
    }
  }

  /** The client left. Nothing more is called on the client's side. */
  public void cancel() {
    if (phase != Phase.NONE) {
      letGo();
      finish(status);
    }
    timeout.forget();
  }

  @Override
  public void expired(long nowNanos) {
    if (phase == Phase.NONE || phase == Phase.TUNNEL) {
      return;
    }
    if (phase == Phase.ANSWERING && !client.writable()) {
      // The endpoint is not read: the gap is the client's.
      timeout.progress(nowNanos);
    }
    if (phase != Phase.ANSWERING) {
      letGo();
      reject(Rejection.RESPONSE_TIMEOUT);
    } else if (timeout.overdue(nowNanos)) {
      letGo();
      finish(status);
      client.abort();
    }
  }

  private void letGo() {
    UpstreamConnection to = upstream;
    upstream = null;
    Takeover asked = takeover;
    takeover = null;
    if (asked != null) {
      asked.abandon();
    }
    if (phase == Phase.HELD) {
      spent = true;
      loop.hold().cancel(this);
    } else if (to != null) {
      switch (phase) {
        case CONNECTING -> to.detach();
        case TUNNEL -> to.closeWhenWritten();
        default -> to.close();
      }
    }
  }

  private void finish(int finalStatus) {
    phase = Phase.NONE;
    timeout.stop();
    request.release();
    LiveRevision from = revision;
    LiveEndpoint slot = endpoint;
    endpoint = null;
    if (!mirrored) {
      loop.counters().request(metricsId, finalStatus);
    }
    if (policy.timed() && finalStatus != SWITCHING_PROTOCOLS) {
      loop.counters().durations().add(metricsId, loop.now() - arrivedNanos);
    }
    if (from != null && slot != null) {
      from.release(slot, loop.hold());
    }
  }
}
