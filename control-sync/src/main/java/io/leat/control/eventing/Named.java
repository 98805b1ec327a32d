package io.leat.control.eventing;

import io.leat.control.compile.RouteContributor;
import io.leat.control.resource.Kind;

/** A kind that brings no host of its own, but that Channels are compiled from. */
public record Named(Kind kind) implements RouteContributor {}
