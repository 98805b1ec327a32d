/** Tests of events over bytes. Start at {@code EventReaderTest}. */
@NullMarked
package io.leat.proxy.fanout.event;

import org.jspecify.annotations.NullMarked;
