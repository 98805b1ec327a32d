/**
 * Folds resources into route tables, change by change. Start at {@link
 * io.leat.control.compile.TableCompiler}.
 */
@NullMarked
package io.leat.control.compile;

import org.jspecify.annotations.NullMarked;
