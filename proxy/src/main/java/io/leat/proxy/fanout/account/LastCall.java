package io.leat.proxy.fanout.account;

/**
 * The latest try of a subscription.
 *
 * @param succeeded whether the subscriber took the event
 * @param status of the answer; 0 when nobody answered
 * @param message what to tell people: empty for a success
 * @param atMillis milliseconds since 1970
 */
public record LastCall(boolean succeeded, int status, String message, long atMillis) {}
