/** Tests of what answers mean by role. Start at {@code RoleRepliesTest}. */
@NullMarked
package io.leat.proxy.fanout.role;

import org.jspecify.annotations.NullMarked;
