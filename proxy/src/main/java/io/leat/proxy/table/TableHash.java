package io.leat.proxy.table;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content hash of a table: the sum, modulo 2^64, of a 64-bit FNV-1a hash of each part.
 *
 * <p>A sum can be kept up to date by adding the new part and subtracting the old one, so a change
 * costs what it changes and not the size of the table. It detects drift between a control plane and
 * its proxies; it is no defence against somebody who chooses the parts.
 *
 * <p>A part is hashed as it is walked, UTF-16 unit by unit and number by number, each text and list
 * with its length before it; nothing is allocated. Records are taken apart by patterns, so one that
 * gets a component more does not compile here until that is hashed, too.
 */
public final class TableHash {
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;
  private static final int ABSENT = -1;

  private TableHash() {}

  /** The share of one virtual host. */
  public static long of(VirtualHost host) {
    return switch (host) {
      case VirtualHost(var name, var visibility, var entries) -> {
        long hash = text(text(OFFSET_BASIS, "host"), name);
        hash = number(number(hash, visibility.ordinal()), entries.size());
        for (int i = 0; i < entries.size(); i++) {
          hash = entry(hash, entries.get(i));
        }
        yield hash;
      }
    };
  }

  /** The share of one revision. */
  public static long of(RevisionEndpoints revision) {
    return switch (revision) {
      case RevisionEndpoints(var id, var limits, var reachability) -> {
        long hash = revision(text(OFFSET_BASIS, "revision"), id);
        yield reachability(limits(hash, limits), reachability);
      }
    };
  }

  /** The share of one channel, by its text: there are few, and they change seldom. */
  public static long of(EventChannel channel) {
    return text(text(OFFSET_BASIS, "channel"), channel.toString());
  }

  private static long entry(long before, RouteEntry entry) {
    return switch (entry) {
      case RouteEntry(
              var route,
              var match,
              var action,
              var setHeaders,
              var rewriteHost,
              var policy) -> {
        long hash = match(text(before, route), match);
        hash = headers(action(hash, action), setHeaders);
        yield policy(text(hash, rewriteHost), policy);
      }
    };
  }

  private static long match(long before, RouteMatch match) {
    return switch (match) {
      case RouteMatch(var kind, var prefix, var headers) -> {
        long hash = text(number(before, kind.ordinal()), prefix);
        hash = number(hash, headers.size());
        for (RouteMatch.HeaderMatch header : headers) {
          hash = text(text(hash, header.name()), header.value());
        }
        yield hash;
      }
    };
  }

  private static long action(long hash, RouteAction action) {
    return switch (action) {
      case RouteAction.Split(var split) -> targets(number(hash, 0), split.targets());
      case RouteAction.Redirect(var status, var scheme, var authority, var path) ->
          text(text(text(number(number(hash, 1), status), scheme), authority), path);
      case RouteAction.Respond(var status, var contentType, var body) ->
          text(text(number(number(hash, 2), status), contentType), body);
      case RouteAction.FanOut(ChannelId(var namespace, var name)) ->
          text(text(number(hash, 3), namespace), name);
    };
  }

  private static long targets(long before, List<WeightedTarget> targets) {
    long hash = number(before, targets.size());
    for (int i = 0; i < targets.size(); i++) {
      hash =
          switch (targets.get(i)) {
            case WeightedTarget(var revision, var weight, var setHeaders) ->
                headers(number(revision(hash, revision), weight), setHeaders);
          };
    }
    return hash;
  }

  private static long policy(long before, RoutePolicy policy) {
    return switch (policy) {
      case RoutePolicy(
              var stickiness,
              var timeout,
              var maxBodyBytes,
              var rateLimit,
              var headers,
              var timed,
              var mirror) -> {
        long hash = stickiness(before, stickiness);
        hash = number(duration(hash, timeout), maxBodyBytes);
        hash = edits(edits(rate(hash, rateLimit), headers.request()), headers.response());
        yield mirror(number(hash, timed ? 1 : 0), mirror);
      }
    };
  }

  private static long stickiness(long hash, @Nullable Stickiness stickiness) {
    return switch (stickiness) {
      case null -> number(hash, ABSENT);
      case Stickiness(var source, var name) -> text(number(hash, source.ordinal()), name);
    };
  }

  private static long rate(long hash, @Nullable RateLimit limit) {
    return switch (limit) {
      case null -> number(hash, ABSENT);
      case RateLimit(var requests, var per) -> duration(number(hash, requests), per);
    };
  }

  private static long mirror(long hash, @Nullable Mirror mirror) {
    return switch (mirror) {
      case null -> number(hash, ABSENT);
      case Mirror(var revision, var percent) -> revision(number(hash, percent), revision);
    };
  }

  private static long edits(long before, List<HeaderEdit> edits) {
    long hash = number(before, edits.size());
    for (int i = 0; i < edits.size(); i++) {
      hash =
          switch (edits.get(i)) {
            case HeaderEdit(var operation, var name, var value) ->
                text(text(number(hash, operation.ordinal()), name), value);
          };
    }
    return hash;
  }

  private static long headers(long before, Map<String, String> headers) {
    long hash = number(before, headers.size());
    if (!headers.isEmpty()) {
      for (Map.Entry<String, String> header : headers.entrySet()) {
        hash = text(text(hash, header.getKey()), header.getValue());
      }
    }
    return hash;
  }

  private static long revision(long hash, RevisionId id) {
    return switch (id) {
      case RevisionId(var namespace, var name) -> text(text(hash, namespace), name);
    };
  }

  private static long limits(long hash, RevisionLimits limits) {
    return switch (limits) {
      case RevisionLimits(var concurrency, var timeout, var responseStart, var idle) ->
          duration(duration(duration(number(hash, concurrency), timeout), responseStart), idle);
    };
  }

  private static long reachability(long before, Reachability reachability) {
    return switch (reachability) {
      case Reachability.Serving(var endpoints) -> {
        long hash = number(number(before, 0), endpoints.size());
        for (Endpoint endpoint : endpoints) {
          hash = endpoint(hash, endpoint);
        }
        yield hash;
      }
      case Reachability.Dormant() -> number(before, 1);
      case Reachability.Unavailable(var reason) -> text(number(before, 2), reason);
    };
  }

  private static long endpoint(long hash, Endpoint endpoint) {
    return switch (endpoint) {
      case Endpoint(var host, var port, var protocol, var state) ->
          number(number(number(text(hash, host), port), protocol.ordinal()), state.ordinal());
    };
  }

  private static long duration(long hash, Duration duration) {
    return number(number(hash, duration.getSeconds()), duration.getNano());
  }

  private static long text(long before, @Nullable String text) {
    if (text == null) {
      return number(before, ABSENT);
    }
    int length = text.length();
    long hash = number(before, length);
    for (int i = 0; i < length; i++) {
      hash = (hash ^ text.charAt(i)) * PRIME;
    }
    return hash;
  }

  /** The lower half, then the upper one. */
  private static long number(long hash, long number) {
    long low = (hash ^ (number & 0xffff_ffffL)) * PRIME;
    return (low ^ (number >>> 32)) * PRIME;
  }
}
