/**
 * Keeps the events of Channels in Apache Kafka: one topic per Channel, one consumer group per
 * subscription. Start at {@link io.leat.control.eventing.kafka.KafkaLog}.
 */
@NullMarked
package io.leat.control.eventing.kafka;

import org.jspecify.annotations.NullMarked;
