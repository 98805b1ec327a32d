/**
 * JSON over bytes, strictly as in RFC 8259: found in place, never turned into trees. Start at
 * {@link io.leat.proxy.fanout.json.JsonScanner}.
 */
@NullMarked
package io.leat.proxy.fanout.json;

import org.jspecify.annotations.NullMarked;
