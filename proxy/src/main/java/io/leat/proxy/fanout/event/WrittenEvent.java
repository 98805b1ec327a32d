package io.leat.proxy.fanout.event;

import java.util.SequencedMap;

/**
 * What an HTTP message needs to carry an event: headers with lower-case names, printable ASCII as
 * values and no {@code content-length}; and the body, which is empty for an event without data.
 */
// A record of bytes is never compared.
@SuppressWarnings("ArrayRecordComponent")
public record WrittenEvent(SequencedMap<String, String> headers, byte[] body) {}
