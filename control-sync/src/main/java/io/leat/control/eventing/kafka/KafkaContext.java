package io.leat.control.eventing.kafka;

import io.leat.proxy.telemetry.Ticker;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;

/**
 * What a log on Kafka takes from its process.
 *
 * @param clock stamps records
 * @param ticker measures pauses
 * @param threads makes the threads of the log: platform threads, because Kafka's clients block on
 *     selectors
 * @param instance names this process among those that share a Channel; the same name after a
 *     restart frees what a broken-off append of the last life held up
 */
public record KafkaContext(
    InstantSource clock, Ticker ticker, ThreadFactory threads, String instance) {}
