/**
 * What the five roles make of a subscriber's answer, decided purely. Start at {@link
 * io.leat.proxy.fanout.role.RoleReplies}.
 */
@NullMarked
package io.leat.proxy.fanout.role;

import org.jspecify.annotations.NullMarked;
