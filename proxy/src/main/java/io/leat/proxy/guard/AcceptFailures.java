package io.leat.proxy.guard;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a listener alive and quiet when accepting fails, as it does without free descriptors: the
 * connection that could not be accepted would be reported again at once. Used by one event loop.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(AcceptFailures.class);
  private static final long PAUSE_MILLIS = 100;

  private final AcceptGate gate;
  private boolean failing;

  AcceptFailures(AcceptGate gate) {
    this.gate = gate;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    gate.add(ctx.channel());
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    gate.remove(ctx.channel());
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    failing = false;
    ctx.fireChannelRead(accepted);
    // A pause that another event loop began is still a task in the queue of this one.
    if (gate.paused()) {
      gate.apply(ctx.channel());
    }
  }

  /** Ends here: what accepts would pause for a second and then read on whatever the gate says. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!failing) {
      failing = true;
      LOG.warn("accepting failed, trying again every {} ms: {}", PAUSE_MILLIS, cause.toString());
    }
    gate.pause(AcceptGate.Reason.DESCRIPTORS);
    var _ =
        ctx.executor()
            .schedule(
                () -> gate.resume(AcceptGate.Reason.DESCRIPTORS),
                PAUSE_MILLIS,
                TimeUnit.MILLISECONDS);
  }
}
