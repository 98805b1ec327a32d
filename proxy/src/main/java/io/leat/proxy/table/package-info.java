/**
 * The immutable route table contract, validated when built. Start at {@link
 * io.leat.proxy.table.RouteTable}.
 */
@NullMarked
package io.leat.proxy.table;

import org.jspecify.annotations.NullMarked;
