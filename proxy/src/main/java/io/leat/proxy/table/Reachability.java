package io.leat.proxy.table;

import java.util.List;

/** How a revision can be reached at this version of the table. */
public sealed interface Reachability {

  /** The revision has endpoints; at least one may be draining. */
  record Serving(List<Endpoint> endpoints) implements Reachability {
    /** Copies the list. */
    public Serving {
      endpoints = List.copyOf(endpoints);
    }
  }

  /** The revision has no instance now and can be woken: requests are held while it starts. */
  record Dormant() implements Reachability {}

  /** The revision cannot serve and cannot be woken; {@code reason} is shown to operators. */
  record Unavailable(String reason) implements Reachability {}
}
