package io.leat.proxy.admin;

import io.leat.proxy.balance.LiveEndpoint;
import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.routing.Explanation;
import io.leat.proxy.routing.LiveAction;
import io.leat.proxy.routing.LiveEntry;
import io.leat.proxy.routing.LiveSplit;
import io.leat.proxy.table.Reachability;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.WeightedTarget;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/** Writes where a request would go and why, from the entry that the data path chose for it. */
final class ExplainJson {
  private final JsonWriter json;

  ExplainJson(JsonWriter json) {
    this.json = json;
  }

  void write(AskedRequest asked, Explanation explanation) {
    LiveEntry chosen = explanation.taken();
    json.beginObject();
    json.name("method").value(asked.method());
    json.name("host").value(asked.host());
    json.name("path").value(asked.path());
    json.name("version").value(explanation.tableVersion());
    json.name("hostMatch").value(explanation.hostMatch().name().toLowerCase(Locale.ROOT));
    json.name("virtualHost").value(explanation.virtualHost());
    json.name("nearestHosts").beginArray();
    explanation.nearestHosts().forEach(json::value);
    json.endArray();
    json.name("tried").beginArray();
    explanation.tried().forEach(this::tried);
    json.endArray();
    if (chosen == null) {
      json.name("outcome").value("reject");
      json.name("rejection");
      rejection(Rejection.NO_ROUTE);
    } else {
      json.name("route").value(chosen.entry().route());
      json.name("matched");
      matched(chosen.entry().match());
      json.name("rewriteHost").value(chosen.entry().rewriteHost());
      json.name("setHeaders").beginObject();
      chosen.entry().setHeaders().forEach((name, value) -> json.name(name).value(value));
      json.endObject();
      PolicyJson.headers(json, chosen.entry().policy().headers());
      PolicyJson.mirror(json, chosen.entry().policy().mirror());
      action(chosen.action());
    }
    json.endObject();
  }

  private void tried(Explanation.Tried tried) {
    json.beginObject();
    json.name("route").value(tried.route());
    json.name("match").value(tried.match());
    json.name("failed").value(tried.failed());
    json.endObject();
  }

  private void matched(RouteMatch match) {
    json.beginObject();
    json.name("kind").value(match.kind().name().toLowerCase(Locale.ROOT));
    json.name("prefix").value(match.prefix());
    json.name("headers").beginArray();
    for (RouteMatch.HeaderMatch header : match.headers()) {
      json.value(header.name() + ": " + header.value());
    }
    json.endArray();
    json.endObject();
  }

  private void action(LiveAction action) {
    switch (action) {
      case LiveSplit split ->
          split(split.split().targets(), index -> split.target(index).revision());
      case LiveAction.Redirect(RouteAction.Redirect redirect) -> {
        json.name("outcome").value("redirect");
        json.name("status").value(redirect.status());
      }
      case LiveAction.Respond(RouteAction.Respond respond) -> {
        json.name("outcome").value("respond");
        json.name("status").value(respond.status());
      }
      case LiveAction.FanOut fanOut -> {
        json.name("outcome").value("fanOut");
        json.name("channel").value(fanOut.channel().toString());
      }
    }
  }

  /**
   * Writes the shares of a split.
   *
   * @param revisions the live revision of each target, by its index
   */
  void split(List<WeightedTarget> targets, IntFunction<LiveRevision> revisions) {
    long sum = 0;
    for (WeightedTarget target : targets) {
      sum += target.weight();
    }
    json.name("outcome").value("split");
    json.name("targets").beginArray();
    for (int i = 0; i < targets.size(); i++) {
      int weight = targets.get(i).weight();
      target(revisions.apply(i), weight, 100.0 * weight / sum);
    }
    json.endArray();
  }

  private void target(LiveRevision revision, int weight, double percent) {
    json.beginObject();
    json.name("revision").value(revision.id().toString());
    json.name("weight").value(weight);
    json.name("percent").value(percent);
    switch (revision.shape().reachability()) {
      case Reachability.Serving _ ->
          json.name("then").value(revision.readyEndpoints() > 0 ? "forward" : "hold");
      case Reachability.Dormant _ -> json.name("then").value("hold");
      case Reachability.Unavailable unavailable -> {
        json.name("then").value("reject");
        json.name("reason").value(unavailable.reason());
        json.name("rejection");
        rejection(Rejection.REVISION_UNAVAILABLE);
      }
    }
    json.name("inFlight").value(revision.activity().inFlight().get());
    json.name("waiting").value(revision.activity().waiting().get());
    json.name("concurrencyLimit").value(revision.shape().limits().containerConcurrency());
    json.name("readyEndpoints").beginArray();
    for (int i = 0; i < revision.readyEndpoints(); i++) {
      endpoint(revision.readyEndpoint(i));
    }
    json.endArray();
    json.endObject();
  }

  private void endpoint(LiveEndpoint endpoint) {
    json.beginObject();
    json.name("address").value(endpoint.endpoint().address());
    json.name("inFlight").value(endpoint.inFlight());
    json.endObject();
  }

  private void rejection(Rejection rejection) {
    json.beginObject();
    json.name("status").value(rejection.status());
    json.name("reason").value(rejection.label());
    json.name("error").value(rejection.token());
    json.name("details").value(rejection.details());
    json.endObject();
  }
}
