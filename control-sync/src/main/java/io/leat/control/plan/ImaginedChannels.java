package io.leat.control.plan;

import io.leat.control.compile.TableCompiler;
import io.leat.control.reconcile.ChannelsObserved;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.EventChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A data plane that delivers at once by what was compiled last. Confined to the control thread. */
final class ImaginedChannels implements ChannelsObserved {
  private final TableCompiler compiler;

  ImaginedChannels(TableCompiler compiler) {
    this.compiler = compiler;
  }

  @Override
  public boolean isAttached() {
    return true;
  }

  @Override
  public Optional<Seen> channel(ChannelId id) {
    return compiler.channel(id).map(ImaginedChannels::seen);
  }

  private static Seen seen(EventChannel channel) {
    Map<String, Subscriber> subscribers = new HashMap<>();
    for (ChannelSubscriber each : channel.subscribers()) {
      subscribers.put(each.uid(), new Subscriber(each.generation(), "", Calls.NONE));
    }
    return new Seen("", subscribers);
  }

  @Override
  public void onChange(Consumer<ChannelId> listener) {
    // What is compiled is told by the compiler.
  }
}
