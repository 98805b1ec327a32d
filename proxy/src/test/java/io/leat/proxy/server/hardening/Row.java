package io.leat.proxy.server.hardening;

import java.util.List;

/**
 * One case of the hardening table.
 *
 * @param name the number of its row and a short text
 * @param steps what the client does and must see, in order
 * @param origin what the endpoint must receive, to the byte, and answers
 */
record Row(String name, List<Step> steps, List<Turn> origin) {

  /** Something that the client does or must see. */
  sealed interface Step {
    /** Sends bytes in one write. */
    record Send(String bytes) implements Step {}

    /** Reads an answer; without a token it must have no {@code Proxy-Status}. */
    record Answer(int status, String token) implements Step {}

    /** Reads exactly these bytes. */
    record Exactly(String bytes) implements Step {}

    /** Waits until the endpoint received this many turns. */
    record Received(int turns) implements Step {}

    /** The endpoint sends on its idle connection, which the proxy must then close. */
    record Push(String bytes) implements Step {}
  }

  /** What becomes of the client's connection after the last step. */
  enum Fate implements Step {
    /** It carries another request. */
    KEPT,
    /** The proxy ends it in an orderly way; nothing else is sent. */
    CLOSE,
    /** The proxy breaks it off; nothing else is sent. */
    CUT,
    /** The client leaves. */
    LEFT
  }

  /**
   * What the endpoint receives and what it does then.
   *
   * @param receive the bytes, with a fixed pseudonym in {@code Via}
   * @param reply sent when they are there
   * @param close whether it closes after its reply
   */
  record Turn(String receive, String reply, boolean close) {}

  @Override
  public String toString() {
    return name;
  }
}
