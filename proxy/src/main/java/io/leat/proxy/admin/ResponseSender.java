package io.leat.proxy.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/** Sends the answer to one request, from the virtual thread that made it. */
final class ResponseSender {
  private static final long WRITE_TIMEOUT_SECONDS = 30;

  private final Channel channel;
  private final boolean keepAlive;
  private final boolean head;
  private final boolean chunks;

  /**
   * A sender for one answer.
   *
   * @param head whether the request was a HEAD, whose answer has no body
   * @param chunks whether the client reads chunks; otherwise the end of the connection ends a body
   */
  ResponseSender(Channel channel, boolean keepAlive, boolean head, boolean chunks) {
    this.channel = channel;
    this.keepAlive = keepAlive;
    this.head = head;
    this.chunks = chunks;
  }

  /** Answers a request that could not be read, and closes. */
  void refuse() {
    HttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST, Unpooled.EMPTY_BUFFER);
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    var _ = channel.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  void send(AdminResponse answer) throws IOException, InterruptedException {
    switch (answer) {
      case AdminResponse.Full full -> full(full);
      case AdminResponse.Streamed streamed -> streamed(streamed);
    }
  }

  private void full(AdminResponse.Full answer) throws IOException, InterruptedException {
    ByteBuf body = Unpooled.wrappedBuffer(answer.body());
    HttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), body);
    fields(response, answer, !keepAlive);
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
    write(response);
    closeWhen(!keepAlive);
  }

  private void streamed(AdminResponse.Streamed answer) throws IOException, InterruptedException {
    HttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
    boolean closes = !keepAlive || !chunks;
    fields(response, answer, closes);
    if (chunks) {
      response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    write(response);
    if (!head) {
      // Closed only on success: a body that broke off must not look complete.
      // Of its own size, which on a virtual thread begins small: most streams are idle watches.
      BufferedOutputStream out = new BufferedOutputStream(new Chunks());
      body(answer.body(), out);
      out.flush();
    }
    write(LastHttpContent.EMPTY_LAST_CONTENT);
    closeWhen(closes);
  }

  private static void body(AdminResponse.Body body, OutputStream out)
      throws IOException, InterruptedException {
    try {
      body.writeTo(out);
    } catch (UncheckedIOException e) {
      throw new IOException(e);
    }
  }

  private static void fields(HttpResponse response, AdminResponse answer, boolean closes) {
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
    response.headers().set("x-content-type-options", "nosniff");
    answer.headers().forEach((name, value) -> response.headers().set(name, value));
    if (closes) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
  }

  private void closeWhen(boolean closes) {
    if (closes) {
      var _ = channel.close();
    }
  }

  private void write(Object message) throws IOException, InterruptedException {
    ChannelFuture written = channel.writeAndFlush(message);
    if (!written.await(WRITE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("the client does not read");
    }
    if (!written.isSuccess()) {
      throw new IOException("the client is gone", written.cause());
    }
  }

  /** The body as chunks, one on its way at a time. */
  private final class Chunks extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return;
      }
      try {
        // Sent completely before this returns, so the caller's array can be shared.
        ResponseSender.this.write(
            new DefaultHttpContent(Unpooled.wrappedBuffer(bytes, offset, length)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while writing", e);
      }
    }
  }
}
