package io.leat.control.reconcile;

import io.leat.proxy.table.ChannelId;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What the data plane says of the Channels that it was given; any thread may ask. */
public interface ChannelsObserved {

  /** No data plane: nothing is ever known. */
  ChannelsObserved UNKNOWN =
      new ChannelsObserved() {
        @Override
        public boolean isAttached() {
          return false;
        }

        @Override
        public Optional<Seen> channel(ChannelId id) {
          return Optional.empty();
        }

        @Override
        public void onChange(Consumer<ChannelId> listener) {
          // Nothing changes.
        }
      };

  /** Whether there is a data plane; without one, nothing is waited for before a deletion. */
  boolean isAttached();

  /** How far it is with a Channel; empty when it serves none of that name. */
  Optional<Seen> channel(ChannelId id);

  /** Registers who is told, on any thread, after the answer for a Channel became another one. */
  void onChange(Consumer<ChannelId> listener);

  /**
   * One Channel.
   *
   * @param problem why it takes no events; empty when it does
   * @param subscribers by uid; one that was deleted is in it until its backlog is done with
   */
  record Seen(String problem, Map<String, Subscriber> subscribers) {
    /** Copies the map. */
    public Seen {
      subscribers = Map.copyOf(subscribers);
    }
  }

  /**
   * One subscription.
   *
   * @param generation of the Subscription that all further events are delivered by
   * @param problem why it is not delivered to; empty when it is
   */
  record Subscriber(long generation, String problem, Calls calls) {}

  /**
   * How calls end.
   *
   * @param reason a word for programs about the call that made the state what it is, such as the
   *     status or the class of the failure; may be empty
   * @param message for a person, may be empty
   */
  record Calls(State state, String reason, String message) {
    /** Nothing was delivered yet. */
    public static final Calls NONE = new Calls(State.NONE, "", "");

    /** What the last event that was done with says. */
    public enum State {
      /** There was none. */
      NONE,
      /** It was delivered. */
      ACTIVE,
      /** It was given up after its last try. */
      FAILING
    }
  }
}
