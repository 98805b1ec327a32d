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
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** Writes answers to one HTTP/1.1 client and remembers whether they were flushed. */
// What fails on a channel reaches its handler as an exception or as a close.
@SuppressWarnings("FutureReturnValueIgnored")
final class AnswerWriter implements BodyReader.Sink {
  private static final int HEAD_SIZE = 1024;
  private static final double NANOS_PER_MILLI = 1e6;

  private final LoopContext loop;
  private final Channel channel;
  private final AccessTrail access;
  private final WriteWatch watch;
  private boolean chunked;
  private boolean dirty;

  AnswerWriter(LoopContext loop, Channel channel, AccessTrail access, Runnable stalled) {
    this.loop = loop;
    this.watch = new WriteWatch(loop, channel, stalled);
    this.channel = channel;
    this.access = access;
  }

  void own(OwnAnswer answer, OwnAnswer.Connection connection, boolean withBody) {
    ByteBuf out = channel.alloc().directBuffer(answer.size());
    answer.write(out, loop.date(), connection, withBody);
    access.answered(answer.status());
    accept(out);
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
      access.answered(head.status());
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
    access.answered(head.status());
    ByteBuf out = channel.alloc().directBuffer(HEAD_SIZE);
    ResponseHeadWriter.write(head, rewrite, out);
    if (debugHeaders) {
      appendDebugHeaders(out, exchange);
    }
    accept(out);
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

  void end() {
    if (chunked) {
      accept(ChunkWriter.lastChunk());
      chunked = false;
    }
  }

  @Override
  public void accept(ByteBuf bytes) {
    dirty = true;
    access.sent(bytes.readableBytes());
    watch.wrote(bytes.readableBytes());
    channel.write(bytes, channel.voidPromise());
  }

  /** The connection is over. */
  void stop() {
    watch.stop();
  }

  /** Bytes that the client has not taken yet. */
  long waitingBytes() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes();
  }

  void flush() {
    if (dirty) {
      dirty = false;
      channel.flush();
      watch.flushed();
    }
  }
}
