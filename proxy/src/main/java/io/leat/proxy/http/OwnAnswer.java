package io.leat.proxy.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;

/**
 * An answer that Leat makes itself, as HTTP/1.1 bytes that were built once.
 *
 * <p>Immutable; shared by all event loops. The rejections are in {@link #of(Rejection)}.
 */
public final class OwnAnswer {
  private static final byte[] DATE = ascii("Date: ");
  private static final byte[] CLOSE = ascii("\r\nConnection: close\r\n\r\n");
  private static final byte[] KEEP_ALIVE = ascii("\r\nConnection: keep-alive\r\n\r\n");
  private static final byte[] END = ascii("\r\n\r\n");
  private static final OwnAnswer[] REJECTIONS = rejections();

  /** The answer to {@code OPTIONS *} (RFC 9110 section 9.3.7). */
  public static final OwnAnswer OPTIONS = new OwnAnswer(204, "", new byte[0]);

  /** The answer to an event that a Channel keeps. */
  public static final OwnAnswer EVENT_ACCEPTED = new OwnAnswer(202, "", new byte[0]);

  /** The answer of a Channel to {@code OPTIONS} (CloudEvents webhook, section 4.2). */
  public static final OwnAnswer EVENT_OPTIONS =
      new OwnAnswer(
          200,
          "Allow: POST, OPTIONS\r\nWebHook-Allowed-Origin: *\r\nWebHook-Allowed-Rate: *\r\n",
          new byte[0]);

  /** What the answer says about the connection. */
  public enum Connection {
    /** Nothing: an HTTP/1.1 connection that stays open. */
    STAYS,
    /** It is closed after this answer. */
    CLOSES,
    /** An HTTP/1.0 connection that stays open because the client asked for it. */
    KEEP_ALIVE
  }

  private final int status;
  private final byte[] head;
  private final byte[] body;

  private OwnAnswer(int status, String fields, byte[] body) {
    String length = status == 204 ? "" : "Content-Length: " + body.length + "\r\n";
    String line = "HTTP/1.1 " + status + " " + ReasonPhrase.of(status) + "\r\n";
    this.status = status;
    this.head = (line + fields + length).getBytes(UTF_8);
    this.body = body;
  }

  /** The prebuilt answer for a rejection. */
  public static OwnAnswer of(Rejection rejection) {
    return REJECTIONS[rejection.ordinal()];
  }

  /** As {@link #of} with a body that says more; {@code problem} is printable ASCII. */
  public static OwnAnswer explained(Rejection rejection, String problem) {
    return rejection(rejection, ": " + problem);
  }

  /** An answer with a fixed body. */
  public static OwnAnswer fixed(int status, String contentType, String body) {
    return new OwnAnswer(status, "Content-Type: " + contentType + "\r\n", body.getBytes(UTF_8));
  }

  /** A redirect; {@code location} holds no control characters. */
  public static OwnAnswer redirect(int status, String location) {
    return new OwnAnswer(status, "Location: " + location + "\r\n", new byte[0]);
  }

  /** The status code. */
  public int status() {
    return status;
  }

  /** An upper bound of the bytes that {@link #write} appends. */
  public int size() {
    return head.length + body.length + 96;
  }

  /**
   * Appends the whole answer.
   *
   * @param date the value of {@code Date}
   * @param withBody false for the answer to a HEAD
   */
  public void write(ByteBuf out, byte[] date, Connection connection, boolean withBody) {
    out.writeBytes(head);
    out.writeBytes(DATE);
    out.writeBytes(date);
    out.writeBytes(
        switch (connection) {
          case STAYS -> END;
          case CLOSES -> CLOSE;
          case KEEP_ALIVE -> KEEP_ALIVE;
        });
    if (withBody) {
      out.writeBytes(body);
    }
  }

  private static OwnAnswer[] rejections() {
    Rejection[] all = Rejection.values();
    OwnAnswer[] answers = new OwnAnswer[all.length];
    for (Rejection rejection : all) {
      answers[rejection.ordinal()] = rejection(rejection, "");
    }
    return answers;
  }

  private static OwnAnswer rejection(Rejection rejection, String problem) {
    String fields =
        "Proxy-Status: leat; error="
            + rejection.token()
            + "; details=\""
            + rejection.details()
            + "\"\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + (rejection.retryAfter() ? "Retry-After: 1\r\n" : "")
            + allow(rejection);
    byte[] body = ("leat: " + rejection.details() + problem + "\n").getBytes(UTF_8);
    return new OwnAnswer(rejection.status(), fields, body);
  }

  private static String allow(Rejection rejection) {
    return switch (rejection) {
      case METHOD_NOT_ALLOWED -> "Allow: DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT\r\n";
      case EVENT_METHOD -> "Allow: POST, OPTIONS\r\n";
      default -> "";
    };
  }

  private static byte[] ascii(String text) {
    return text.getBytes(UTF_8);
  }
}
