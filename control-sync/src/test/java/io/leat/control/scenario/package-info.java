/**
 * A whole Leat as its own process, tried from outside over sockets and files. Start at {@link
 * io.leat.control.scenario.LeatProcess}.
 */
@NullMarked
package io.leat.control.scenario;

import org.jspecify.annotations.NullMarked;
