package io.leat.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.leat.proxy.accesslog.AccessTrail;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.http.OwnAnswer;
import io.leat.proxy.http1.BodyReader;
import io.leat.proxy.http1.ChunkWriter;
import io.leat.proxy.http1.ResponseHead;
import io.leat.proxy.http1.ResponseHeadWriter;
import io.leat.proxy.http1.ResponseRewrite;
import io.leat.proxy.routing.LiveEdit;
import io.leat.proxy.upstream.Exchange;
import io.leat.proxy.upstream.LoopContext;
import io.leat.proxy.upstream.TurnFlush;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes answers to one HTTP/1.1 client and remembers whether they were flushed.
 *
 * <p>A head is kept back until the flush while what follows fits behind it: a head and a small body
 * leave as one piece of memory, which costs the system less than a list of two.
 */
// What fails on a channel reaches its handler as an exception or as a close.
@SuppressWarnings("FutureReturnValueIgnored")
final class AnswerWriter implements BodyReader.Sink, TurnFlush.Flushable {
  private static final int HEAD_SIZE = 1024;

  /** Room for a head with a body of about a kilobyte behind it. */
  private static final int HEAD_AND_BODY_SIZE = 2048;

  private static final double NANOS_PER_MILLI = 1e6;
  private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);

  private final LoopContext loop;
  private final Channel channel;
  private final Client client;

  /** Made for the first bytes that wait; most clients never need it. */
  private @Nullable WriteWatch watch;

  private boolean chunked;
  private @Nullable ByteBuf keptHead;
  private boolean dirty;
  private boolean flushesLater;

  /** Whom it writes for. */
  interface Client {
    /** What is noted of the request that runs. */
    AccessTrail access();

    /** Nothing of what waits was taken in time. */
    void readsTooSlowly();
  }

  AnswerWriter(LoopContext loop, Channel channel, Client client) {
    this.loop = loop;
    this.channel = channel;
    this.client = client;
  }

  void own(OwnAnswer answer, OwnAnswer.Connection connection, boolean withBody) {
    ByteBuf out = channel.alloc().directBuffer(answer.size());
    answer.write(out, loop.date(), connection, withBody);
    client.access().answered(answer.status());
    begin(out);
  }

  /** Tells a client that waits for it to send its body (RFC 9110 section 15.2.1). */
  void goAhead() {
    ByteBuf out = channel.alloc().directBuffer(CONTINUE.length);
    accept(out.writeBytes(CONTINUE));
    flushLater();
  }

  /** Writes a head that needs no decision about the body: an interim answer or a 101. */
  void interim(ResponseHead head, boolean keepUpgrade) {
    ResponseRewrite rewrite = loop.responseRewrite();
    rewrite.close = false;
    rewrite.keepAlive10 = false;
    rewrite.chunked = false;
    rewrite.dechunk = false;
    rewrite.keepUpgrade = keepUpgrade;
    edit(rewrite, LiveEdit.NONE);
    if (keepUpgrade) {
      client.access().answered(head.status());
    }
    ByteBuf out = channel.alloc().directBuffer(HEAD_SIZE);
    ResponseHeadWriter.write(head, rewrite, out);
    accept(out);
  }

  /** Writes the head of a final answer as {@link LoopContext#responseRewrite} says. */
  void head(ResponseHead head, Exchange exchange, boolean debugHeaders) {
    ResponseRewrite rewrite = loop.responseRewrite();
    rewrite.keepUpgrade = false;
    edit(rewrite, exchange.policy().responseEdit());
    chunked = rewrite.chunked;
    client.access().answered(head.status());
    ByteBuf out = channel.alloc().directBuffer(HEAD_AND_BODY_SIZE);
    ResponseHeadWriter.write(head, rewrite, out);
    if (debugHeaders) {
      appendDebugHeaders(out, exchange);
    }
    begin(out);
  }

  private static void edit(ResponseRewrite rewrite, LiveEdit edit) {
    rewrite.dropped = edit.dropped();
    rewrite.added = edit.lines();
  }

  private void appendDebugHeaders(ByteBuf out, Exchange exchange) {
    LiveRevision revision = exchange.revision();
    double hold = (exchange.forwardedNanos() - exchange.arrivedNanos()) / NANOS_PER_MILLI;
    double upstream = (loop.now() - exchange.forwardedNanos()) / NANOS_PER_MILLI;
    String fields = "Server-Timing: hold;dur=" + hold + ", upstream;dur=" + upstream + "\r\n";
    if (revision != null) {
      fields += "Leat-Revision: " + revision.id() + "\r\n";
    }
    // In front of the empty line that ends the head.
    out.writerIndex(out.writerIndex() - 2);
    out.writeCharSequence(fields + "\r\n", US_ASCII);
  }

  void body(ByteBuf data) {
    if (chunked) {
      ChunkWriter.data(data, this);
    } else {
      accept(data);
    }
  }

  /** Whether a part of the body was copied behind the head. */
  boolean bodyCopied(ByteBuf in, int length) {
    return !chunked && copiedBehindHead(in, length);
  }

  /** Copies by an array of the loop: from buffer to buffer, Netty would make two objects. */
  private boolean copiedBehindHead(ByteBuf in, int length) {
    ByteBuf head = keptHead;
    byte[] between = loop.copyArray();
    if (head == null || length > head.writableBytes() || length > between.length) {
      return false;
    }
    in.readBytes(between, 0, length);
    head.writeBytes(between, 0, length);
    count(length);
    return true;
  }

  void end() {
    if (chunked) {
      accept(ChunkWriter.lastChunk());
      chunked = false;
    }
  }

  /** Takes a head that nobody else has; ownership passes. */
  private void begin(ByteBuf head) {
    if (keptHead != null) {
      accept(head);
      return;
    }
    count(head.readableBytes());
    keptHead = head;
  }

  @Override
  public void accept(ByteBuf bytes) {
    int length = bytes.readableBytes();
    if (copiedBehindHead(bytes, length)) {
      bytes.release();
      return;
    }
    count(length);
    handOver();
    channel.write(bytes, channel.voidPromise());
  }

  private void count(int length) {
    dirty = true;
    client.access().sent(length);
    WriteWatch watching = watch;
    if (watching != null) {
      watching.wrote(length);
    }
  }

  /** Gives everything to the channel, which sends it with its next flush. */
  void handOver() {
    ByteBuf head = keptHead;
    keptHead = null;
    if (head != null) {
      channel.write(head, channel.voidPromise());
    }
  }

  /** The connection is over. */
  void stop() {
    WriteWatch watching = watch;
    if (watching != null) {
      watching.stop();
    }
    ByteBuf unsent = keptHead;
    keptHead = null;
    if (unsent != null) {
      unsent.release();
    }
  }

  /** Bytes that the client has not taken yet. */
  long waitingBytes() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    ByteBuf head = keptHead;
    long kept = head == null ? 0 : head.capacity();
    return waiting == null ? kept : kept + waiting.totalPendingWriteBytes();
  }

  void flushNow() {
    if (dirty) {
      dirty = false;
      handOver();
      channel.flush();
      watchWhatWaits();
    }
  }

  private void watchWhatWaits() {
    WriteWatch watching = watch;
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    if (waiting == null || waiting.isEmpty()) {
      if (watching != null && !watching.armed()) {
        watch = null;
      }
      return;
    }
    if (watching == null) {
      watching = new WriteWatch(loop, channel, client::readsTooSlowly);
      watch = watching;
    }
    watching.flushed(waiting);
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
}
