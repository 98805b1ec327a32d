package io.leat.control.compile;

import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.proxy.table.VirtualHost;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who claims which host: the oldest resource wins, the name decides between equals.
 *
 * <p>The claims to one host are an immutable list, best first: nearly every host has one claim, and
 * there are very many hosts.
 *
 * <p>Confined to the control thread.
 */
final class HostClaims {
  private final ForkedMap<String, List<Claim>> byHost;

  HostClaims() {
    this(new ForkedMap<>(new HashMap<>()));
  }

  private HostClaims(ForkedMap<String, List<Claim>> byHost) {
    this.byHost = byHost;
  }

  HostClaims fork() {
    return new HostClaims(byHost.fork(new HashMap<>()));
  }

  /** One resource's claim to one host. */
  record Claim(ResourceKey owner, Instant since, VirtualHost host) {
    static Claim of(ResourceKey owner, Resource resource, VirtualHost host) {
      Instant created = resource.metadata().creationTimestamp();
      return new Claim(owner, created == null ? Instant.MAX : created, host);
    }
  }

  private static final Comparator<Claim> ORDER =
      Comparator.comparing(Claim::since).thenComparing(Claim::owner);

  void add(Claim claim) {
    String host = claim.host().host();
    List<Claim> before = byHost.get(host);
    if (before == null) {
      byHost.put(host, List.of(claim));
      return;
    }
    List<Claim> after = new ArrayList<>(before);
    int at = Collections.binarySearch(before, claim, ORDER);
    if (at < 0) {
      after.add(-1 - at, claim);
      byHost.put(host, List.copyOf(after));
    }
  }

  void remove(Claim claim) {
    String host = claim.host().host();
    List<Claim> before = byHost.get(host);
    int at = before == null ? -1 : Collections.binarySearch(before, claim, ORDER);
    if (before == null || at < 0) {
      return;
    }
    if (before.size() == 1) {
      byHost.remove(host);
    } else {
      List<Claim> after = new ArrayList<>(before);
      after.remove(at);
      byHost.put(host, List.copyOf(after));
    }
  }

  @Nullable Claim winner(String host) {
    List<Claim> claims = byHost.get(host);
    return claims == null ? null : claims.getFirst();
  }

  List<Claim> of(String host) {
    List<Claim> claims = byHost.get(host);
    return claims == null ? List.of() : claims;
  }
}
