package io.leat.control.eventing.topology;

import java.util.Map;
import java.util.TreeMap;

/**
 * One Subscription of an {@link EventGraph}. Channels are {@code namespace/name}; "" stands for
 * none.
 *
 * @param role the written one, such as {@code filter}
 * @param call a Channel, or whatever else names the called endpoint
 * @param result the Channel for what goes on; a router's default
 * @param routes the Channel of each named route
 * @param deadLetter a Channel, or whatever else names the place for what cannot be delivered
 * @param completes whether groups of an aggregator have a size, a timeout or a last member
 */
public record GraphSubscription(
    String name,
    String from,
    String role,
    String call,
    String result,
    Map<String, String> routes,
    String deadLetter,
    boolean completes) {

  /** Copies the routes. */
  public GraphSubscription {
    routes = new TreeMap<>(routes);
  }
}
