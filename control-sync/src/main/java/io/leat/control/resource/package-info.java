/**
 * Records of every kind, as the documents that users write define them. Start at {@link
 * io.leat.control.resource.Resource}.
 */
@NullMarked
package io.leat.control.resource;

import org.jspecify.annotations.NullMarked;
