package io.leat.control.plan;

import io.leat.control.plan.TableDiff.Difference;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionEndpoints;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.RoutePolicy;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.table.WeightedTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Says parts of a route table in a line each, for people. */
public final class TableText {
  private TableText() {}

  /**
   * One line per host, then per revision and per channel: {@code +} added, {@code -} removed,
   * {@code ~} changed.
   */
  public static List<String> lines(TableDiff diff) {
    List<String> lines = new ArrayList<>();
    for (Difference<VirtualHost> host : diff.hosts()) {
      VirtualHost before = host.before();
      VirtualHost after = host.after();
      if (after == null) {
        lines.add("- host " + (before == null ? "" : before.host()));
      } else if (before == null) {
        lines.add("+ host " + after.host() + ": " + entries(after));
      } else {
        lines.add("~ host " + after.host() + ": " + entries(before) + " => " + entries(after));
      }
    }
    for (Difference<RevisionEndpoints> revision : diff.revisions()) {
      RevisionEndpoints before = revision.before();
      RevisionEndpoints after = revision.after();
      if (after == null) {
        lines.add("- revision " + (before == null ? "" : before.id()));
      } else if (before == null) {
        lines.add("+ revision " + after.id() + ": " + reached(after));
      } else {
        lines.add("~ revision " + after.id() + ": " + reached(before) + " => " + reached(after));
      }
    }
    for (Difference<EventChannel> channel : diff.channels()) {
      EventChannel before = channel.before();
      EventChannel after = channel.after();
      if (after == null) {
        lines.add("- channel " + (before == null ? "" : before.id()));
      } else if (before == null) {
        lines.add("+ channel " + after.id() + ": " + ChannelText.of(after));
      } else {
        lines.add(
            "~ channel "
                + after.id()
                + ": "
                + ChannelText.of(before)
                + " => "
                + ChannelText.of(after));
      }
    }
    return lines;
  }

  private static String entries(VirtualHost host) {
    String hidden =
        host.visibility() == VirtualHost.Visibility.CLUSTER_LOCAL ? " (cluster-local)" : "";
    return host.entries().stream().map(TableText::entry).collect(Collectors.joining("; ")) + hidden;
  }

  /** What one rule takes and where it leads, such as {@code / -> 90% default/shop-00001}. */
  public static String entry(RouteEntry entry) {
    RouteMatch match = entry.match();
    StringBuilder text = new StringBuilder(match.prefix());
    match
        .headers()
        .forEach(
            header -> text.append(' ').append(header.name()).append('=').append(header.value()));
    text.append(" -> ").append(action(entry.action()));
    if (entry.rewriteHost() != null) {
      text.append(", host ").append(entry.rewriteHost());
    }
    if (!entry.setHeaders().isEmpty()) {
      text.append(", headers ").append(entry.setHeaders());
    }
    if (!entry.policy().equals(RoutePolicy.NONE)) {
      text.append(", ").append(policy(entry.policy()));
    }
    return text.toString();
  }

  private static String action(RouteAction action) {
    return switch (action) {
      case RouteAction.Split split -> targets(split.split().targets());
      case RouteAction.Redirect redirect ->
          "redirect "
              + redirect.status()
              + (redirect.scheme() == null ? "" : " to " + redirect.scheme())
              + (redirect.authority() == null ? "" : " at " + redirect.authority())
              + (redirect.path() == null ? "" : " path " + redirect.path());
      case RouteAction.Respond respond -> "answer " + respond.status();
      case RouteAction.FanOut fanOut -> "channel " + fanOut.channel();
    };
  }

  private static String targets(List<WeightedTarget> targets) {
    long sum = targets.stream().mapToLong(WeightedTarget::weight).sum();
    return targets.stream()
        .map(target ->
            percent(target.weight(), sum)
                + "% "
                + target.revision()
                + (target.setHeaders().isEmpty() ? "" : " with " + target.setHeaders()))
        .collect(Collectors.joining(", "));
  }

  private static String percent(int weight, long sum) {
    double percent = weight * 100.0 / sum;
    return percent == Math.rint(percent)
        ? Long.toString(Math.round(percent))
        : String.format(Locale.ROOT, "%.2f", percent);
  }

  private static String policy(RoutePolicy policy) {
    List<String> parts = new ArrayList<>();
    if (policy.stickiness() != null) {
      parts.add("sticky " + policy.stickiness().text());
    }
    if (!policy.timeout().isZero()) {
      parts.add("timeout " + policy.timeout().toMillis() / 1e3 + "s");
    }
    if (policy.maxBodyBytes() > 0) {
      parts.add("body " + policy.maxBodyBytes());
    }
    if (policy.rateLimit() != null) {
      parts.add("rate " + policy.rateLimit().requests() + "/" + policy.rateLimit().per());
    }
    if (!policy.headers().equals(RoutePolicy.NONE.headers())) {
      parts.add("edits " + policy.headers());
    }
    if (policy.timed()) {
      parts.add("histogram");
    }
    if (policy.mirror() != null) {
      parts.add("mirror " + policy.mirror().revision());
    }
    return String.join(", ", parts);
  }

  /** How a revision is reached, in a few words. */
  public static String reached(RevisionEndpoints revision) {
    return switch (revision.reachability()) {
      case Reachability.Serving serving ->
          serving.endpoints().stream().map(TableText::endpoint).collect(Collectors.joining(", "));
      case Reachability.Dormant _ -> "dormant";
      case Reachability.Unavailable unavailable -> "unavailable: " + unavailable.reason();
    };
  }

  private static String endpoint(Endpoint endpoint) {
    boolean draining = endpoint.state() == Endpoint.State.DRAINING;
    return endpoint.address() + (draining ? " (draining)" : "");
  }
}
