package io.leat.proxy.server;

import io.leat.proxy.http.OwnAnswer;
import io.leat.proxy.http1.Framing;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.http1.ResponseHead;
import io.leat.proxy.http1.ResponseRewrite;

/**
 * What a request asked of the form of its answer: version, body, and whether the connection stays.
 * Used by one event loop.
 */
final class AnswerShape {
  private boolean http10;
  private boolean isHead;
  private boolean keepAlive;
  private boolean closeDelimited;

  void asks(RequestHead head) {
    http10 = head.minorVersion() == 0;
    isHead = head.isHead();
    keepAlive = head.keepAlive();
    closeDelimited = false;
  }

  /** The request could not be read. */
  void unknown() {
    http10 = false;
    isHead = false;
    keepAlive = false;
    closeDelimited = false;
  }

  /** The connection ends with the answer. */
  void close() {
    keepAlive = false;
  }

  /** Plans how the head of an endpoint's answer is written. */
  void plan(ResponseHead head, boolean mayStay, ResponseRewrite rewrite) {
    Framing framing = head.framing();
    closeDelimited = http10 && (framing == Framing.UNTIL_CLOSE || framing == Framing.CHUNKED);
    keepAlive = keepAlive && mayStay && !closeDelimited;
    rewrite.close = !keepAlive;
    rewrite.keepAlive10 = keepAlive && http10;
    rewrite.chunked = framing == Framing.UNTIL_CLOSE && !http10;
    rewrite.dechunk = framing == Framing.CHUNKED && http10;
  }

  /** What an answer of our own says about the connection. */
  OwnAnswer.Connection connection(boolean close) {
    if (close) {
      return OwnAnswer.Connection.CLOSES;
    }
    return http10 ? OwnAnswer.Connection.KEEP_ALIVE : OwnAnswer.Connection.STAYS;
  }

  boolean http10() {
    return http10;
  }

  boolean withBody() {
    return !isHead;
  }

  boolean keepAlive() {
    return keepAlive;
  }

  /** Whether the end of the answer is the end of the connection. */
  boolean closeDelimited() {
    return closeDelimited;
  }
}
