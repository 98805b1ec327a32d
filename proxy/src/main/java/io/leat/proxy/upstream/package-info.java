/**
 * The endpoint's side of the data path, one set of objects per event loop: pools, connections and
 * the exchange that joins a request to its answer. Start at {@link
 * io.leat.proxy.upstream.Exchange}.
 */
@NullMarked
package io.leat.proxy.upstream;

import org.jspecify.annotations.NullMarked;
