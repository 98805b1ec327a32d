package io.leat.proxy.routing;

import io.leat.proxy.table.RateLimit;
import io.leat.proxy.table.RouteEntry;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One bucket per route and limit, shared by all hosts of the route and kept from router to router,
 * so that a change of the table refills nothing. Confined to the control thread.
 */
final class RateLimits {
  private final Map<Key, Shared> buckets = new HashMap<>();

  private record Key(String route, RateLimit limit) {}

  private static final class Shared {
    private final TokenBucket bucket;
    private int users;

    Shared(TokenBucket bucket) {
      this.bucket = bucket;
    }
  }

  /** The bucket of an entry, null without a limit; each call is matched by one release. */
  @Nullable TokenBucket acquire(RouteEntry entry) {
    RateLimit limit = entry.policy().rateLimit();
    if (limit == null) {
      return null;
    }
    Shared shared =
        buckets.computeIfAbsent(
            new Key(entry.route(), limit), key -> new Shared(new TokenBucket(key.limit())));
    shared.users++;
    return shared.bucket;
  }

  void release(RouteEntry entry) {
    RateLimit limit = entry.policy().rateLimit();
    if (limit != null) {
      Key key = new Key(entry.route(), limit);
      Shared shared = buckets.get(key);
      if (shared != null && --shared.users == 0) {
        buckets.remove(key);
      }
    }
  }
}
