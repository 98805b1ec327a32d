/** Reads the lines that files grow by; start at {@link io.leat.control.module.tail.LineTail}. */
@NullMarked
package io.leat.control.module.tail;

import org.jspecify.annotations.NullMarked;
