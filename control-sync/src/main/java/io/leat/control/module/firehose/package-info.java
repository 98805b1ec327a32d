/**
 * The module {@code firehose}: consumers that carry lines from a source to a sink; start at {@link
 * io.leat.control.module.firehose.FirehoseModule}.
 */
@NullMarked
package io.leat.control.module.firehose;

import org.jspecify.annotations.NullMarked;
