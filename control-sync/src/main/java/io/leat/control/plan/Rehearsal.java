package io.leat.control.plan;

import io.leat.control.store.ResourceStore;
import java.util.function.Function;

/** Says what a mutation of the store would lead to; asked by any thread. */
public interface Rehearsal {

  /** Runs the mutation over a copy of the store, which is the mutation's alone. */
  <T> Planned<T> of(Function<? super ResourceStore, ? extends T> mutation);
}
