package io.leat.proxy.fanout.client;

import io.leat.proxy.fanout.delivery.Courier;
import io.leat.proxy.fanout.delivery.DeliveryLoop;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.upstream.Deadline;
import io.leat.proxy.upstream.Expiring;
import io.leat.proxy.upstream.LoopContext;
import java.util.concurrent.RejectedExecutionException;

/** An event loop of the proxy as deliveries use it. Timers have the precision of its wheel. */
public final class LoopDelivery implements DeliveryLoop {
  private final LoopContext loop;
  private final HttpCourier courier;

  /** The delivery of one event loop, which sends through the live table. */
  public LoopDelivery(LoopContext loop, LiveTable table) {
    this.loop = loop;
    this.courier = new HttpCourier(loop, table);
  }

  /** A task that the wheel keeps. */
  private record Timer(Runnable task) implements Expiring {
    @Override
    public void expired(long nowNanos) {
      task.run();
    }
  }

  @Override
  public void execute(Runnable task) {
    try {
      loop.eventLoop()
          .execute(() -> {
            loop.refresh();
            task.run();
          });
    } catch (RejectedExecutionException ended) {
      // The process stops; what was not finished is read again after its next start.
      return;
    }
  }

  @Override
  public void after(long nanos, Runnable task) {
    loop.wheel().arm(new Deadline(new Timer(task)), loop.now() + nanos);
  }

  @Override
  public Courier courier() {
    return courier;
  }
}
