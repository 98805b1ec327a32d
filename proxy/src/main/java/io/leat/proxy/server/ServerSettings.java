package io.leat.proxy.server;

import io.leat.proxy.accesslog.AccessLog;
import io.leat.proxy.guard.AcceptGate;
import io.leat.proxy.guard.Overload;
import io.leat.proxy.mirror.MirrorBudget;
import io.leat.proxy.routing.LiveTable;

/**
 * What all connections of a listener have in common.
 *
 * @param table where requests go
 * @param via the token by which this process knows itself in {@code Via}
 * @param trustedHops proxies of ours in front; 0 when what clients say of themselves is not
 *     believed
 * @param debugHeaders whether answers carry {@code Server-Timing} and {@code Leat-Revision}
 * @param overload how short buffer memory is
 * @param gate whether listeners accept
 * @param accessLog what finished requests are told to
 * @param mirrors how much may be mirrored
 * @param traceSample the share of requests without a trace that start one
 * @param events where requests to Channels go
 */
public record ServerSettings(
    LiveTable table,
    byte[] via,
    int trustedHops,
    boolean debugHeaders,
    Overload overload,
    AcceptGate gate,
    AccessLog accessLog,
    MirrorBudget mirrors,
    double traceSample,
    EventIngress events) {}
