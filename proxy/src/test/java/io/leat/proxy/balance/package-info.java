/** Tests of endpoint choice and accounting. */
@NullMarked
package io.leat.proxy.balance;

import org.jspecify.annotations.NullMarked;
