package io.leat.control.eventing.source;

import java.io.IOException;

/** What a Source takes its events from; used by one thread at a time. */
interface Feed {

  /**
   * Emits until there is nothing more to come, or until interrupted; holds nothing afterwards. Is
   * called again after a failure, and goes on where it was.
   */
  void run(Outlet outlet) throws IOException, InterruptedException;
}
