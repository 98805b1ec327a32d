package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.EventReading;
import io.leat.proxy.fanout.event.EventReading.Kind;
import io.leat.proxy.fanout.event.EventReading.Unreadable;
import io.leat.proxy.fanout.role.RoleOutcome.Done;
import io.leat.proxy.fanout.role.RoleOutcome.Forward;
import io.leat.proxy.fanout.role.RoleOutcome.Hop;
import io.leat.proxy.fanout.role.RoleOutcome.Note;
import io.leat.proxy.fanout.role.RoleOutcome.Violation;
import io.leat.proxy.table.ChannelSubscriber;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the names that a router answered, and finds the routes. */
final class RouteChoice {
  /** The header that names routes, in lower case. */
  static final String HEADER = "knative-route";

  /** The extension of an answered event that names routes. */
  static final String EXTENSION = "knativeroute";

  private RouteChoice() {}

  static RoleOutcome decide(ChannelSubscriber to, CloudEvent event, Reply reply) {
    List<String> header = reply.headers().get(HEADER);
    List<String> names = header == null ? null : separated(String.join(",", header));
    if (reply.isEmpty()) {
      return choose(to, event, names == null ? List.of() : names);
    }
    EventReading reading = RoleReplies.READER.read(reply.source(), reply.body());
    if (reading instanceof Unreadable other && other.kind() == Kind.NO_EVENT) {
      return named(to, event, reply, names);
    }
    Violation violation = RoleReplies.moreThanOne(reading);
    if (violation != null) {
      return violation;
    }
    CloudEvent answer = RoleReplies.first(reading);
    if (answer == null) {
      return choose(to, event, names == null ? List.of() : names);
    }
    String extension = answer.attribute(EXTENSION);
    if (names == null) {
      names = extension == null ? List.of() : separated(extension);
    }
    return choose(to, extension == null ? answer : answer.without(EXTENSION), names);
  }

  /** An answer that is no event: names in JSON, of which the header's take precedence. */
  private static RoleOutcome named(
      ChannelSubscriber to, CloudEvent event, Reply reply, @Nullable List<String> header) {
    if (!JsonReplies.isJson(reply)) {
      return new Violation(Breach.NOT_AN_EVENT, "a body that is neither an event nor JSON");
    }
    List<String> names = JsonReplies.strings(reply.body());
    if (names == null) {
      return new Violation(
          Breach.ROUTE_NAMES, "a JSON body (expected: a string or an array of strings)");
    }
    return choose(to, event, header == null ? names : header);
  }

  private static List<String> separated(String list) {
    List<String> names = new ArrayList<>();
    for (String name : list.split(",", -1)) {
      if (!name.isBlank()) {
        names.add(name.strip());
      }
    }
    return names;
  }

  private static RoleOutcome choose(ChannelSubscriber to, CloudEvent event, List<String> names) {
    Set<String> once = new LinkedHashSet<>(names);
    List<Hop> hops = new ArrayList<>();
    boolean unknown = false;
    for (String name : once) {
      String uri = to.routes().get(name);
      if (uri != null) {
        hops.add(new Hop(uri, event));
      }
      unknown |= uri == null;
    }
    Note note = unknown ? Note.UNKNOWN_ROUTE : null;
    if (!hops.isEmpty()) {
      return new Forward(hops, note);
    }
    String byDefault = to.reply();
    if (byDefault != null) {
      return new Forward(List.of(new Hop(byDefault, event)), note);
    }
    return unknown
        ? new Violation(
            Breach.NO_ROUTE, "names: " + once.size() + ", none of them a route, and no default")
        : new Done(Note.DROPPED_NO_ROUTE);
  }
}
