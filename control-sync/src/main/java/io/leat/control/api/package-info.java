/**
 * Resources over HTTP, in the dialect of Kubernetes. Start at {@link
 * io.leat.control.api.ResourceApi}.
 */
@NullMarked
package io.leat.control.api;

import org.jspecify.annotations.NullMarked;
