/** Tests of the table. */
@NullMarked
package io.leat.proxy.table;

import org.jspecify.annotations.NullMarked;
