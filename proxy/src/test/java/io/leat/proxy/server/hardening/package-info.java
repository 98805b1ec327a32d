/**
 * The hardening table of the HTTP/1.1 data path, row by row through a running proxy: what a client
 * or an endpoint sends, what the other side receives to the byte, and what becomes of the
 * connections. The rows are files; start at {@link io.leat.proxy.server.hardening.RowFile}.
 */
@NullMarked
package io.leat.proxy.server.hardening;

import org.jspecify.annotations.NullMarked;
