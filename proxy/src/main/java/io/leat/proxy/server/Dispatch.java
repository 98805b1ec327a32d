package io.leat.proxy.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.leat.proxy.http.OwnAnswer;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.http1.RequestRewrite;
import io.leat.proxy.routing.LiveAction;
import io.leat.proxy.routing.LiveEntry;
import io.leat.proxy.routing.LivePolicy;
import io.leat.proxy.routing.LiveSplit;
import io.leat.proxy.routing.LiveTarget;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.trace.TraceContext;
import io.leat.proxy.upstream.LoopContext;

/** Asks the live table what to do with a request, and has its connection do it. One per loop. */
final class Dispatch {
  private final LoopContext loop;
  private final ServerSettings settings;
  private final TraceContext tracing;

  Dispatch(LoopContext loop, ServerSettings settings) {
    this.loop = loop;
    this.settings = settings;
    this.tracing = new TraceContext(settings.traceSample(), loop.draw());
  }

  void dispatch(RequestHead head, Http1Connection connection) {
    if (head.isOptionsAsterisk()) {
      connection.answer(OwnAnswer.OPTIONS);
      return;
    }
    if (settings.overload().rejects()) {
      connection.refuse(Rejection.OVERLOADED);
      return;
    }
    if (head.passedThrough(settings.via())) {
      connection.refuse(Rejection.LOOP_DETECTED);
      return;
    }
    LiveEntry entry = connection.routes().dispatch(settings.table().current(), head);
    if (entry == null) {
      connection.refuse(Rejection.NO_ROUTE);
      return;
    }
    connection.access().routed(entry.entry().route());
    LivePolicy policy = entry.policy();
    if (!connection.limitBody(head, policy.maxBodyBytes())) {
      connection.refuse(Rejection.BODY_TOO_LARGE);
      return;
    }
    if (!policy.admits(loop.now())) {
      connection.refuse(Rejection.RATE_LIMITED);
      return;
    }
    switch (entry.action()) {
      case LiveSplit split ->
          forward(head, entry, policy.pick(split, head, loop.index()), connection);
      case LiveAction.Redirect redirect -> {
        RouteAction.Redirect to = redirect.action();
        connection.answer(OwnAnswer.redirect(to.status(), location(head, to)));
      }
      case LiveAction.Respond respond -> {
        RouteAction.Respond with = respond.action();
        connection.answer(OwnAnswer.fixed(with.status(), with.contentType(), with.body()));
      }
      case LiveAction.FanOut fanOut -> connection.takeEvent(head, fanOut.channel());
    }
  }

  private void forward(
      RequestHead head, LiveEntry entry, LiveTarget target, Http1Connection connection) {
    RequestRewrite rewrite = loop.requestRewrite();
    String host = entry.entry().rewriteHost();
    rewrite.host = host == null ? null : host.getBytes(ISO_8859_1);
    rewrite.setHeaders = target.setHeaders();
    rewrite.dropped = entry.policy().requestEdit().dropped();
    rewrite.added = entry.policy().requestEdit().lines();
    rewrite.via = settings.via();
    rewrite.trustedPeer = settings.trustedHops() > 0;
    rewrite.trustedHops = settings.trustedHops();
    rewrite.tls = false;
    rewrite.keepUpgrade = head.wantsUpgrade();
    tracing.apply(head, rewrite);
    tracing.tell(head, rewrite, connection.access());
    connection.forward(head, rewrite, target);
  }

  private static String location(RequestHead head, RouteAction.Redirect to) {
    byte[] bytes = head.bytes();
    String scheme = to.scheme();
    String authority = to.authority();
    String path = to.path();
    int query = head.targetStart();
    while (query < head.targetEnd() && bytes[query] != '?') {
      query++;
    }
    StringBuilder location = new StringBuilder(128);
    location.append(scheme == null ? "http" : scheme).append("://");
    location.append(
        authority == null ? text(bytes, head.authorityStart(), head.authorityEnd()) : authority);
    location.append(path == null ? text(bytes, head.targetStart(), query) : path);
    return location.append(text(bytes, query, head.targetEnd())).toString();
  }

  private static String text(byte[] bytes, int start, int end) {
    return new String(bytes, start, end - start, ISO_8859_1);
  }
}
