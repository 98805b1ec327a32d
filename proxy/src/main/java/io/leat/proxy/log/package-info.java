/**
 * Keeps the events of one Channel until every subscription has finished them. Start at {@link
 * io.leat.proxy.log.EventLog}.
 */
@NullMarked
package io.leat.proxy.log;

import org.jspecify.annotations.NullMarked;
