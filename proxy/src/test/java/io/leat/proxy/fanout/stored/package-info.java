/** Tests of the form in which events are kept. */
@NullMarked
package io.leat.proxy.fanout.stored;

import org.jspecify.annotations.NullMarked;
