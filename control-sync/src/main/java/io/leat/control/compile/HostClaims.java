package io.leat.control.compile;

import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.proxy.table.VirtualHost;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who claims which host: the oldest resource wins, the name decides between equals.
 *
 * <p>Confined to the control thread.
 */
final class HostClaims {
  private final ForkedMap<String, NavigableSet<Claim>> byHost;

  HostClaims() {
    this(new ForkedMap<>(new HashMap<>()));
  }

  private HostClaims(ForkedMap<String, NavigableSet<Claim>> byHost) {
    this.byHost = byHost;
  }

  HostClaims fork() {
    return new HostClaims(byHost.fork(new HashMap<>()));
  }

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
    NavigableSet<Claim> claims = writable(claim.host().host());
    if (claims == null) {
      claims = new TreeSet<>(ORDER);
      byHost.put(claim.host().host(), claims);
    }
    claims.add(claim);
  }

  void remove(Claim claim) {
    String host = claim.host().host();
    NavigableSet<Claim> claims = writable(host);
    if (claims != null && claims.remove(claim) && claims.isEmpty()) {
      byHost.remove(host);
    }
  }

  /** The claims to a host in a set that no other fork sees. */
  private @Nullable NavigableSet<Claim> writable(String host) {
    NavigableSet<Claim> claims = byHost.get(host);
    if (claims == null || byHost.isOwn(host)) {
      return claims;
    }
    NavigableSet<Claim> copy = new TreeSet<>(claims);
    byHost.put(host, copy);
    return copy;
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
