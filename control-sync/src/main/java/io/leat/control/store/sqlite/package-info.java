/**
 * Resources, history, events and jobs in one SQLite file. Start at {@link
 * io.leat.control.store.sqlite.SqliteStore}.
 */
@NullMarked
package io.leat.control.store.sqlite;

import org.jspecify.annotations.NullMarked;
