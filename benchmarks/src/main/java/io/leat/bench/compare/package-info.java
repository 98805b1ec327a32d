/**
 * Runs Leat and every peer proxy found on the machine on the same work and writes a table, with the
 * bars that Leat must reach. Start at {@link io.leat.bench.compare.Compare}.
 */
@NullMarked
package io.leat.bench.compare;

import org.jspecify.annotations.NullMarked;
