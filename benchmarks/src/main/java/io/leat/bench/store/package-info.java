/** What the durable store costs. Start at {@link io.leat.bench.store.StoreLoad}. */
@NullMarked
package io.leat.bench.store;

import org.jspecify.annotations.NullMarked;
