/**
 * Hosts of one's own for Services and Routes. Start at {@link
 * io.leat.control.serving.domain.DomainHosts}.
 */
@NullMarked
package io.leat.control.serving.domain;

import org.jspecify.annotations.NullMarked;
