package io.leat.control.api.kube;

import io.leat.control.manifest.rules.Validation;
import io.leat.control.plan.Rehearsal;
import io.leat.control.resource.Resource;
import io.leat.control.store.ResourceStore;
import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What the API works with.
 *
 * @param shown adds to a resource what is known of it beside the store
 * @param suffixes gives ends of generated names, five letters or digits, seldom the same
 * @param rehearsal says what a request would lead to
 */
public record KubePorts(
    ResourceStore store,
    Validation validation,
    UnaryOperator<Resource> shown,
    InstantSource clock,
    Supplier<String> suffixes,
    Rehearsal rehearsal) {

  /** The same over another store. */
  KubePorts over(ResourceStore other, UnaryOperator<Resource> otherShown) {
    return new KubePorts(other, validation, otherShown, clock, suffixes, rehearsal);
  }
}
