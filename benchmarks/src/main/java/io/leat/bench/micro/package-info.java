/**
 * What single steps of a request cost, measured with JMH. Start at {@link
 * io.leat.bench.micro.RouteLookup}.
 */
@NullMarked
package io.leat.bench.micro;

import org.jspecify.annotations.NullMarked;
