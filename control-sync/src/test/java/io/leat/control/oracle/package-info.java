/**
 * The event codec of the data path beside the CloudEvents SDK. Start at {@code EventOracleTest}.
 */
@NullMarked
package io.leat.control.oracle;

import org.jspecify.annotations.NullMarked;
