/** Judges what actions are given; start at {@link io.leat.control.module.schema.ParamSchema}. */
@NullMarked
package io.leat.control.module.schema;

import org.jspecify.annotations.NullMarked;
