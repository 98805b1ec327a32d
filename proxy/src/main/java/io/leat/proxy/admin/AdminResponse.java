package io.leat.proxy.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The answer to an {@link AdminRequest}. */
public sealed interface AdminResponse {
  /** The media type of {@link #json}. */
  String JSON = "application/json";

  /** The status code. */
  int status();

  /** The media type of the body. */
  String contentType();

  /** Further header fields. */
  Map<String, String> headers();

  /** An answer that is in memory. */
  record Full(int status, String contentType, byte[] body, Map<String, String> headers)
      implements AdminResponse {
    /** Copies the headers. */
    public Full {
      headers = Map.copyOf(headers);
    }
  }

  /** An answer that is written while it is sent: large, or open until one side has enough. */
  record Streamed(int status, String contentType, Body body, Map<String, String> headers)
      implements AdminResponse {
    /** Copies the headers. */
    public Streamed {
      headers = Map.copyOf(headers);
    }
  }

  /** Writes the body of a {@link Streamed} answer. */
  @FunctionalInterface
  interface Body {
    /**
     * Writes until the body is complete.
     *
     * <p>Called on the virtual thread of the request. A write blocks while the client is slow and
     * throws when it is gone; the thread is interrupted when the client leaves between writes.
     * {@code flush} sends what was written so far.
     */
    void writeTo(OutputStream out) throws IOException, InterruptedException;
  }

  /** A line of text. */
  static AdminResponse text(int status, String line) {
    byte[] body = (line + "\n").getBytes(StandardCharsets.UTF_8);
    return new Full(status, "text/plain; charset=utf-8", body, Map.of());
  }

  /** A JSON document. */
  static AdminResponse json(int status, String document) {
    byte[] body = document.getBytes(StandardCharsets.UTF_8);
    return new Full(status, JSON, body, Map.of());
  }

  /** A body that is written while it is sent. */
  static AdminResponse streamed(String contentType, Body body) {
    return new Streamed(200, contentType, body, Map.of());
  }
}
