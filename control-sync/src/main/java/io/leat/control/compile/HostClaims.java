package io.leat.control.compile;

import io.leat.control.resource.ResourceKey;
import io.leat.proxy.table.VirtualHost;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who claims which host: the oldest resource wins, the name decides between equals.
 *
 * <p>Nearly every host has one claimant, and there are very many hosts: a host leads straight to
 * what its claimant claims, all hosts of it together.
 *
 * <p>Confined to the control thread.
 */
final class HostClaims {
  private static final Comparator<Claim> ORDER =
      Comparator.comparing(Claim::since).thenComparing(Claim::owner);

  private final ForkedMap<String, Claimants> byHost;
  private int contested;

  HostClaims() {
    this(new ForkedMap<>(new HashMap<>()), 0);
  }

  private HostClaims(ForkedMap<String, Claimants> byHost, int contested) {
    this.byHost = byHost;
    this.contested = contested;
  }

  HostClaims fork() {
    return new HostClaims(byHost.fork(new HashMap<>()), contested);
  }

  /** Those who claim one host. */
  sealed interface Claimants {
    /** The one that holds it. */
    Claim first();
  }

  /**
   * What one resource claims.
   *
   * @param since when the resource was made
   * @param hosts at most one of each name
   */
  record Claim(ResourceKey owner, Instant since, List<VirtualHost> hosts) implements Claimants {
    /** Copies the list. */
    Claim {
      hosts = List.copyOf(hosts);
    }

    @Override
    public Claim first() {
      return this;
    }

    private @Nullable VirtualHost host(String name) {
      for (int i = 0; i < hosts.size(); i++) {
        if (hosts.get(i).host().equals(name)) {
          return hosts.get(i);
        }
      }
      return null;
    }
  }

  /** Two or more, best first. */
  record Several(List<Claim> claims) implements Claimants {
    @Override
    public Claim first() {
      return claims.getFirst();
    }
  }

  /** Adds a claim to one of its hosts. */
  void add(String host, Claim claim) {
    Claimants before = byHost.put(host, claim);
    if (before == null) {
      return;
    }
    List<Claim> after = new ArrayList<>(all(before));
    contested -= after.size() > 1 ? 1 : 0;
    int at = Collections.binarySearch(after, claim, ORDER);
    if (at < 0) {
      after.add(-1 - at, claim);
    } else {
      after.set(at, claim);
    }
    contested += after.size() > 1 ? 1 : 0;
    byHost.put(host, of(after));
  }

  /** Takes a claim away from one of its hosts. */
  void remove(String host, Claim claim) {
    Claimants before = byHost.get(host);
    if (before == null) {
      return;
    }
    List<Claim> after = new ArrayList<>(all(before));
    int at = Collections.binarySearch(after, claim, ORDER);
    if (at < 0) {
      return;
    }
    contested -= after.size() == 2 ? 1 : 0;
    after.remove(at);
    if (after.isEmpty()) {
      byHost.remove(host);
    } else {
      byHost.put(host, of(after));
    }
  }

  private static Claimants of(List<Claim> claims) {
    return claims.size() == 1 ? claims.getFirst() : new Several(List.copyOf(claims));
  }

  private static List<Claim> all(Claimants claimants) {
    return switch (claimants) {
      case Claim claim -> List.of(claim);
      case Several several -> several.claims();
    };
  }

  /** Whether any host has more than one claimant. */
  boolean areContested() {
    return contested > 0;
  }

  /** Who holds a host, or null. */
  @Nullable ResourceKey winner(String host) {
    Claimants claimants = byHost.get(host);
    return claimants == null ? null : claimants.first().owner();
  }

  /** A host as the one who holds it wants it, or null. */
  @Nullable VirtualHost host(String name) {
    Claimants claimants = byHost.get(name);
    return claimants == null ? null : claimants.first().host(name);
  }

  /** Names all who claim a host. */
  void forEachOwner(String host, Consumer<ResourceKey> reader) {
    Claimants claimants = byHost.get(host);
    if (claimants != null) {
      all(claimants).forEach(claim -> reader.accept(claim.owner()));
    }
  }

  /** Every host that somebody holds; costs as much as there are. */
  List<VirtualHost> hosts() {
    List<VirtualHost> hosts = new ArrayList<>();
    byHost.forEach((name, claimants) -> {
      VirtualHost host = claimants.first().host(name);
      if (host != null) {
        hosts.add(host);
      }
    });
    return hosts;
  }

  /** The hosts whose claims changed since the fork. */
  Set<String> touched() {
    return byHost.touched();
  }
}
