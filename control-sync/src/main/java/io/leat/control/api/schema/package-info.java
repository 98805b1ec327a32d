/**
 * One schema for each kind, made from the records, and the documents that hold it: OpenAPI 2 and 3
 * and CRDs. Start at {@link io.leat.control.api.schema.KindSchema}.
 */
@NullMarked
package io.leat.control.api.schema;

import org.jspecify.annotations.NullMarked;
