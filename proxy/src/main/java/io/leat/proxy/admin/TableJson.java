package io.leat.proxy.admin;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.Endpoint;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.Mirror;
import io.leat.proxy.table.RateLimit;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RevisionLimits;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.RoutePolicy;
import io.leat.proxy.table.Stickiness;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.table.WeightedTarget;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes the live table as JSON: what the table says, and what its revisions do at this moment. */
final class TableJson {
  private final JsonWriter json;
  private final @Nullable String onlyHost;
  private final Set<RevisionId> named = new HashSet<>();
  private final Map<ChannelId, String> channels = new LinkedHashMap<>();

  /**
   * A writer of one document.
   *
   * @param onlyHost the only virtual host to write, with the revisions that it names; null for all
   */
  TableJson(JsonWriter json, @Nullable String onlyHost) {
    this.json = json;
    this.onlyHost = onlyHost == null ? null : onlyHost.toLowerCase(Locale.ROOT);
  }

  void write(TableView table) {
    json.beginObject();
    json.name("version").value(table.version());
    json.name("hash").value(hex(table.hash()));
    json.name("virtualHosts").beginArray();
    table.hosts().accept(this::hostIfAsked);
    json.endArray();
    json.name("revisions").beginArray();
    table.revisions().accept(this::revisionIfAsked);
    json.endArray();
    json.name("channels").beginArray();
    Map<ChannelId, EventChannel> known = new HashMap<>();
    table.channels().accept(channel -> known.put(channel.id(), channel));
    ChannelJson channelJson = new ChannelJson(json);
    channels.forEach((id, host) -> channelJson.write(id, host, known.get(id)));
    json.endArray();
    json.endObject();
  }

  private static String hex(long hash) {
    return HexFormat.of().toHexDigits(hash);
  }

  private void hostIfAsked(VirtualHost host) {
    if (onlyHost == null || onlyHost.equals(host.host())) {
      json.beginObject();
      json.name("host").value(host.host());
      json.name("visibility").value(lower(host.visibility()));
      json.name("entries").beginArray();
      for (RouteEntry entry : host.entries()) {
        entry(host, entry);
      }
      json.endArray();
      json.endObject();
    }
  }

  private void entry(VirtualHost host, RouteEntry entry) {
    Mirror mirror = entry.policy().mirror();
    if (onlyHost != null && mirror != null) {
      named.add(mirror.revision());
    }
    json.beginObject();
    json.name("route").value(entry.route());
    json.name("match");
    match(entry.match());
    json.name("action");
    action(host, entry.action());
    json.name("setHeaders");
    headers(entry.setHeaders());
    json.name("rewriteHost").value(entry.rewriteHost());
    if (!entry.policy().equals(RoutePolicy.NONE)) {
      json.name("policy");
      policy(entry.policy());
    }
    json.endObject();
  }

  private void policy(RoutePolicy policy) {
    Stickiness stickiness = policy.stickiness();
    json.beginObject();
    json.name("sticky").value(stickiness == null ? null : stickiness.text());
    json.name("timeoutSeconds").value(seconds(policy.timeout()));
    json.name("maxBodyBytes").value(policy.maxBodyBytes());
    RateLimit rate = policy.rateLimit();
    json.name("rateLimit").value(rate == null ? null : rate.requests() + "/" + rate.per());
    PolicyJson.headers(json, policy.headers());
    PolicyJson.mirror(json, policy.mirror());
    json.name("durationHistogram").value(policy.timed());
    json.endObject();
  }

  private void match(RouteMatch match) {
    json.beginObject();
    json.name("kind").value(lower(match.kind()));
    json.name("prefix").value(match.prefix());
    json.name("headers").beginArray();
    for (RouteMatch.HeaderMatch header : match.headers()) {
      json.beginObject();
      json.name("name").value(header.name());
      json.name("value").value(header.value());
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }

  private void action(VirtualHost host, RouteAction action) {
    json.beginObject();
    switch (action) {
      case RouteAction.Split split -> {
        json.name("type").value("split");
        json.name("targets").beginArray();
        split.split().targets().forEach(this::target);
        json.endArray();
      }
      case RouteAction.Redirect redirect -> {
        json.name("type").value("redirect");
        json.name("status").value(redirect.status());
        json.name("scheme").value(redirect.scheme());
        json.name("authority").value(redirect.authority());
        json.name("path").value(redirect.path());
      }
      case RouteAction.Respond respond -> {
        json.name("type").value("respond");
        json.name("status").value(respond.status());
        json.name("contentType").value(respond.contentType());
        json.name("body").value(respond.body());
      }
      case RouteAction.FanOut fanOut -> {
        channels.putIfAbsent(fanOut.channel(), host.host());
        json.name("type").value("fanOut");
        json.name("channel").value(fanOut.channel().toString());
      }
    }
    json.endObject();
  }

  private void target(WeightedTarget target) {
    if (onlyHost != null) {
      named.add(target.revision());
    }
    json.beginObject();
    json.name("revision").value(target.revision().toString());
    json.name("weight").value(target.weight());
    json.name("setHeaders");
    headers(target.setHeaders());
    json.endObject();
  }

  private void headers(Map<String, String> headers) {
    json.beginObject();
    headers.forEach((name, value) -> json.name(name).value(value));
    json.endObject();
  }

  private void revisionIfAsked(LiveRevision revision) {
    if (onlyHost == null || named.contains(revision.id())) {
      json.beginObject();
      json.name("name").value(revision.id().name());
      json.name("namespace").value(revision.id().namespace());
      reachability(revision.shape().reachability());
      json.name("limits");
      limits(revision.shape().limits());
      json.name("inFlight").value(revision.activity().inFlight().get());
      json.name("waiting").value(revision.activity().waiting().get());
      json.endObject();
    }
  }

  private void reachability(Reachability reachability) {
    switch (reachability) {
      case Reachability.Serving serving -> {
        json.name("state").value("serving");
        json.name("endpoints").beginArray();
        serving.endpoints().forEach(this::endpoint);
        json.endArray();
      }
      case Reachability.Dormant _ ->
          json.name("state").value("dormant").name("endpoints").beginArray().endArray();
      case Reachability.Unavailable unavailable -> {
        json.name("state").value("unavailable");
        json.name("reason").value(unavailable.reason());
        json.name("endpoints").beginArray().endArray();
      }
    }
  }

  private void endpoint(Endpoint endpoint) {
    json.beginObject();
    json.name("address").value(endpoint.address());
    json.name("state").value(lower(endpoint.state()));
    json.name("protocol").value(lower(endpoint.protocol()));
    json.endObject();
  }

  private void limits(RevisionLimits limits) {
    json.beginObject();
    json.name("containerConcurrency").value(limits.containerConcurrency());
    json.name("timeoutSeconds").value(seconds(limits.timeout()));
    json.name("responseStartTimeoutSeconds").value(seconds(limits.responseStartTimeout()));
    json.name("idleTimeoutSeconds").value(seconds(limits.idleTimeout()));
    json.endObject();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
