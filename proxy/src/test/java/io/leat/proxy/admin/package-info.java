/** Tests of the admin port. Start at {@link io.leat.proxy.admin.AdminServerTest}. */
@NullMarked
package io.leat.proxy.admin;

import org.jspecify.annotations.NullMarked;
