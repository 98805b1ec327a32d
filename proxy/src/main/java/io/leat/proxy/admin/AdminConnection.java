package io.leat.proxy.admin;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the admin port: one request at a time, answered in order.
 *
 * <p>Fields belong to the event loop. While a request runs, the socket is still read, so that a
 * client that leaves is noticed; a client that pipelines is read again only when its turn comes.
 */
final class AdminConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(AdminConnection.class);

  private final RequestAnswerer answerer;
  private final ExecutorService handlers;
  private final Queue<Asked> pipelined = new ArrayDeque<>();
  private @Nullable Future<?> running;
  private boolean ended;

  AdminConnection(RequestAnswerer answerer, ExecutorService handlers) {
    this.answerer = answerer;
    this.handlers = handlers;
  }

  /** A request, taken out of Netty's buffers, and what the answer has to know of it. */
  private record Asked(AdminRequest request, ResponseSender sender) {}

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest message) {
    if (ended) {
      return;
    }
    boolean keepAlive = HttpUtil.isKeepAlive(message);
    boolean head = message.method().equals(HttpMethod.HEAD);
    boolean chunks = message.protocolVersion().equals(HttpVersion.HTTP_1_1);
    ResponseSender sender = new ResponseSender(ctx.channel(), keepAlive, head, chunks);
    AdminRequest request = message.decoderResult().isSuccess() ? request(message) : null;
    if (request == null) {
      ended = true;
      sender.refuse();
      return;
    }
    ended = !keepAlive;
    Asked asked = new Asked(request, sender);
    if (running == null) {
      run(ctx, asked);
    } else {
      pipelined.add(asked);
      ctx.channel().config().setAutoRead(false);
    }
  }

  private static @Nullable AdminRequest request(FullHttpRequest message) {
    Map<String, List<String>> headers = new TreeMap<>();
    for (Map.Entry<String, String> field : message.headers()) {
      String name = field.getKey().toLowerCase(Locale.ROOT);
      headers.computeIfAbsent(name, _ -> new ArrayList<>()).add(field.getValue());
    }
    String method = message.method().name();
    try {
      QueryStringDecoder target = new QueryStringDecoder(message.uri());
      return new AdminRequest(
          method.equals("HEAD") ? "GET" : method,
          target.path(),
          target.parameters(),
          headers,
          ByteBufUtil.getBytes(message.content()));
    } catch (IllegalArgumentException e) {
      // A percent escape that is none.
      return null;
    }
  }

  private void run(ChannelHandlerContext ctx, Asked asked) {
    try {
      running = handlers.submit(() -> answer(ctx, asked));
    } catch (RejectedExecutionException e) {
      LOG.debug("the admin server is closing", e);
      var _ = ctx.close();
    }
  }

  private void answer(ChannelHandlerContext ctx, Asked asked) {
    try {
      asked.sender.send(answerer.answer(asked.request));
      ctx.executor().execute(() -> next(ctx));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var _ = ctx.close();
    } catch (IOException e) {
      LOG.debug("the client of an admin request left", e);
      var _ = ctx.close();
    } catch (RuntimeException e) {
      LOG.error("an admin answer broke off", e);
      var _ = ctx.close();
    }
  }

  private void next(ChannelHandlerContext ctx) {
    running = null;
    Asked asked = pipelined.poll();
    if (asked != null) {
      run(ctx, asked);
    } else {
      ctx.channel().config().setAutoRead(true);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    pipelined.clear();
    Future<?> answering = running;
    if (answering != null) {
      answering.cancel(true);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent && running == null) {
      var _ = ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("an admin connection failed", cause);
    var _ = ctx.close();
  }
}
