/**
 * The clients' side of the data path: listeners and HTTP/1.1 connections. Start at {@link
 * io.leat.proxy.server.Http1Connection}.
 */
@NullMarked
package io.leat.proxy.server;

import org.jspecify.annotations.NullMarked;
