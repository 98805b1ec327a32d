/**
 * Brings tables to proxies and remembers who serves which version. Start at {@link
 * io.leat.control.publish.TablePublisher}.
 */
@NullMarked
package io.leat.control.publish;

import org.jspecify.annotations.NullMarked;
