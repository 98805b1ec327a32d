package io.leat.control.compile;

import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.proxy.table.VirtualHost;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who claims which host: the oldest resource wins, the name decides between equals.
 *
 * <p>Confined to the control thread.
 */
final class HostClaims {
  private final Map<String, NavigableSet<Claim>> byHost = new HashMap<>();

  /** One resource's claim to one host. */
  record Claim(ResourceKey owner, Instant since, VirtualHost host) {
    static Claim of(Resource resource, VirtualHost host) {
      Instant created = resource.metadata().creationTimestamp();
      return new Claim(resource.key(), created == null ? Instant.MAX : created, host);
    }
  }

  private static final Comparator<Claim> ORDER =
      Comparator.comparing(Claim::since).thenComparing(Claim::owner);

  void add(Claim claim) {
    byHost.computeIfAbsent(claim.host().host(), _ -> new TreeSet<>(ORDER)).add(claim);
  }

  void remove(Claim claim) {
    String host = claim.host().host();
    NavigableSet<Claim> claims = byHost.get(host);
    if (claims != null && claims.remove(claim) && claims.isEmpty()) {
      byHost.remove(host);
    }
  }

  @Nullable Claim winner(String host) {
    NavigableSet<Claim> claims = byHost.get(host);
    return claims == null ? null : claims.first();
  }

  Iterable<Claim> of(String host) {
    NavigableSet<Claim> claims = byHost.get(host);
    return claims == null ? new TreeSet<>(ORDER) : claims;
  }
}
