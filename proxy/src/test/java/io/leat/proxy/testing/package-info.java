/**
 * Raw sockets for tests of the data path: origins and clients that send exactly the bytes a test
 * says. Start at {@link io.leat.proxy.testing.ProxyFixture}.
 */
@NullMarked
package io.leat.proxy.testing;

import org.jspecify.annotations.NullMarked;
