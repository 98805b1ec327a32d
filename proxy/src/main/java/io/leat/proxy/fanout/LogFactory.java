package io.leat.proxy.fanout;

import io.leat.proxy.log.EventLog;
import io.leat.proxy.table.EventChannel;

/** Opens the log of a Channel, by its storage; called by the control thread. */
@FunctionalInterface
public interface LogFactory {

  /**
   * Opens it, with what it held before.
   *
   * @throws RuntimeException when it cannot be opened; the message is shown to operators
   */
  EventLog open(EventChannel channel);
}
