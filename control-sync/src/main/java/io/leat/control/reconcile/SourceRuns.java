package io.leat.control.reconcile;

import io.leat.control.resource.ResourceKey;
import io.leat.proxy.table.ChannelId;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What runs Sources. Called on the control thread; calls return at once.
 *
 * <p>A Source that was asked for runs until it is removed, whatever becomes of what it reads from.
 */
public interface SourceRuns {

  /** Nobody runs anything. */
  SourceRuns NONE =
      new SourceRuns() {
        @Override
        public void ensure(SourceRun run) {
          // Nobody is there to run it, which observe says.
        }

        @Override
        public void remove(ResourceKey source) {
          // It never ran.
        }

        @Override
        public Optional<Observed> observe(ResourceKey source) {
          return Optional.empty();
        }

        @Override
        public void onChange(Consumer<ResourceKey> listener) {
          // Nothing changes.
        }
      };

  /** Runs a Source like this, in place of how it ran before. */
  void ensure(SourceRun run);

  /** Ends a Source; one that does not run is as good. */
  void remove(ResourceKey source);

  /** How a Source is doing; empty when nothing is known of it. */
  Optional<Observed> observe(ResourceKey source);

  /** Registers who is told, on any thread, after the answer for a Source became another one. */
  void onChange(Consumer<ResourceKey> listener);

  /**
   * How a Source is to run.
   *
   * @param uid of the Source
   * @param generation of the Source
   * @param provisioner {@code interval}, {@code http-poll}, {@code file-tail} or {@code process}
   * @param arguments a JSON object that fits the provisioner's parameters, defaults filled in
   * @param channel what gets the events
   * @param channelUrl where it takes them from within
   */
  record SourceRun(
      ResourceKey source,
      String uid,
      long generation,
      String provisioner,
      String arguments,
      ChannelId channel,
      String channelUrl) {}

  /**
   * How a Source is doing.
   *
   * @param problem why it does not supply events; empty when it does
   */
  record Observed(String problem) {}
}
