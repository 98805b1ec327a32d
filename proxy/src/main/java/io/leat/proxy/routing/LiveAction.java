package io.leat.proxy.routing;

import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.RouteAction;

/** The live form of a {@link RouteAction}. */
public sealed interface LiveAction
    permits LiveSplit, LiveAction.Redirect, LiveAction.Respond, LiveAction.FanOut {

  /** Answer with a redirect. */
  record Redirect(RouteAction.Redirect action) implements LiveAction {}

  /** Answer with a fixed body. */
  record Respond(RouteAction.Respond action) implements LiveAction {}

  /** Accept an event for a channel. */
  record FanOut(ChannelId channel) implements LiveAction {}
}
