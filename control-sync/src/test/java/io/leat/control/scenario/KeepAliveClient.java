package io.leat.control.scenario;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** One keep-alive HTTP/1.1 connection to a proxy, used by one thread, without any retry. */
final class KeepAliveClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  KeepAliveClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(60_000);
    in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
  }

  /** An answer with its whole body; header names in lower case. */
  record Answer(int status, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  Answer get(String host, String path) throws IOException {
    send(host, path);
    return receive();
  }

  /** Any request; {@code fields} are header fields in pairs of name and value. */
  Answer request(String method, String host, byte[] body, String... fields) throws IOException {
    StringBuilder head = new StringBuilder(method).append(" / HTTP/1.1\r\nHost: ").append(host);
    head.append("\r\nContent-Length: ").append(body.length);
    for (int i = 0; i < fields.length; i += 2) {
      head.append("\r\n").append(fields[i]).append(": ").append(fields[i + 1]);
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream(512 + body.length);
    all.writeBytes(head.append("\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    all.writeBytes(body);
    socket.getOutputStream().write(all.toByteArray());
    return receive();
  }

  /** Sends an event in binary mode. */
  Answer event(String host, String id, byte[] data) throws IOException {
    return request(
        "POST",
        host,
        data,
        "ce-specversion",
        "1.0",
        "ce-id",
        id,
        "ce-source",
        "/test",
        "ce-type",
        "test.event",
        "content-type",
        "application/octet-stream");
  }

  void send(String host, String path) throws IOException {
    String head = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
  }

  Answer receive() throws IOException {
    String statusLine = line();
    int status = Integer.parseInt(statusLine.substring(9, 12));
    Map<String, String> headers = new HashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
    }
    return new Answer(status, headers, new String(body(headers), StandardCharsets.UTF_8));
  }

  private byte[] body(Map<String, String> headers) throws IOException {
    if ("chunked".equals(headers.get("transfer-encoding"))) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
        all.write(exactly(size));
        line();
      }
      line();
      return all.toByteArray();
    }
    return exactly(Integer.parseInt(headers.getOrDefault("content-length", "0")));
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("connection closed inside a body");
    }
    return bytes;
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(64);
    int b = in.read();
    while (b != '\n') {
      if (b < 0) {
        throw new EOFException("connection closed");
      }
      line.write(b);
      b = in.read();
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
