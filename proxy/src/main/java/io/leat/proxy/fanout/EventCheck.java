package io.leat.proxy.fanout;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.table.ChannelId;
import java.util.List;
import java.util.function.Consumer;

/** Judges events before a Channel keeps them; the composition root gives it. Any thread asks. */
public interface EventCheck {
  /** Has nothing against any event. */
  EventCheck NONE =
      new EventCheck() {
        @Override
        public boolean concerns(ChannelId channel) {
          return false;
        }

        @Override
        public void judge(ChannelId channel, List<CloudEvent> events, Consumer<Judged> then) {
          then.accept(new Judged.Fine(0));
        }
      };

  /** What is said of the events of one request. */
  sealed interface Judged {
    /**
     * All of them may be kept.
     *
     * @param warnings of how many there is something to say
     */
    record Fine(int warnings) implements Judged {}

    /**
     * Not one of them may be kept.
     *
     * @param problem one line of printable ASCII
     */
    record Broken(String problem) implements Judged {}

    /** Too much waits to be judged. */
    record Busy() implements Judged {}
  }

  /** Whether events of the Channel are judged at all; asked for every request, so it is cheap. */
  boolean concerns(ChannelId channel);

  /**
   * Judges events without blocking the caller.
   *
   * @param then is told once, on any thread
   */
  void judge(ChannelId channel, List<CloudEvent> events, Consumer<Judged> then);
}
