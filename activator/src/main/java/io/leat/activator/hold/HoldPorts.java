package io.leat.activator.hold;

import io.leat.proxy.balance.Draw;
import io.leat.proxy.telemetry.Ticker;
import java.util.function.Supplier;

/**
 * What the hold needs from the world.
 *
 * @param draws makes a generator for each revision; asked from any thread
 * @param wake told when requests wait without capacity
 */
public record HoldPorts(
    Timers timers, Ticker ticker, Supplier<Draw> draws, WakeListener wake, HoldObserver observer) {}
