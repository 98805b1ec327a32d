/**
 * Changes of JSON trees as clients send them: RFC 7386, RFC 6902 and the strategic merge of
 * Kubernetes. Start at {@link io.leat.control.api.patch.Patch}.
 */
@NullMarked
package io.leat.control.api.patch;

import org.jspecify.annotations.NullMarked;
