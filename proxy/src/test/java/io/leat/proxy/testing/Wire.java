package io.leat.proxy.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One end of a TCP connection that speaks HTTP/1.1 by hand. One thread. */
public class Wire implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  /** Wraps a connected socket; reads fail after a minute. */
  public Wire(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /** Sends text as it is. */
  public final void send(String text) throws IOException {
    send(text.getBytes(ISO_8859_1));
  }

  /** Sends bytes as they are. */
  public final void send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** Reads a head with its empty line, or null when the peer closed before it. */
  public final @Nullable String readHead() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      int c = in.read();
      if (c < 0) {
        if (head.isEmpty()) {
          return null;
        }
        throw new EOFException("in the head: " + head);
      }
      head.append((char) c);
    }
    return head.toString();
  }

  /** Reads a head that must come. */
  public final String head() throws IOException {
    String head = readHead();
    if (head == null) {
      throw new EOFException("no head");
    }
    return head;
  }

  /** Reads exactly {@code count} bytes. */
  public final byte[] read(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("after " + bytes.length + " of " + count + " bytes");
    }
    return bytes;
  }

  /** Reads one line without its end. */
  public final String line() throws IOException {
    StringBuilder line = new StringBuilder();
    int c;
    while ((c = in.read()) != '\n') {
      if (c < 0) {
        throw new EOFException("in a line: " + line);
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }

  /** Reads a chunked body: its data, then a line break and the trailers if there are any. */
  public final String chunked() throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (int size = chunkSize(); size > 0; size = chunkSize()) {
      data.writeBytes(read(size));
      line();
    }
    for (String trailer = line(); !trailer.isEmpty(); trailer = line()) {
      data.writeBytes(("\n" + trailer).getBytes(ISO_8859_1));
    }
    return data.toString(ISO_8859_1);
  }

  private int chunkSize() throws IOException {
    return Integer.parseInt(line(), 16);
  }

  /** Reads a body as its head frames it. */
  public final String body(String head) throws IOException {
    String length = header(head, "content-length");
    if (length != null) {
      return new String(read(Integer.parseInt(length)), ISO_8859_1);
    }
    if (header(head, "transfer-encoding") != null) {
      return chunked();
    }
    return head.startsWith("HTTP/") ? new String(in.readAllBytes(), ISO_8859_1) : "";
  }

  /** Whether the peer closed cleanly and nothing is left to read. */
  public final boolean atEnd() throws IOException {
    return in.read() < 0;
  }

  /** The stream that reads. */
  public final InputStream in() {
    return in;
  }

  /** The stream that writes. */
  public final OutputStream out() {
    return out;
  }

  /** Says that nothing more will be sent. */
  public final void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Closes with a reset. */
  public final void reset() throws IOException {
    socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    socket.close();
  }

  @Override
  public final void close() throws IOException {
    socket.close();
  }

  /** The first value of a field, or null. */
  public static @Nullable String header(String head, String lowerCaseName) {
    for (String line : head.split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).toLowerCase(Locale.ROOT).equals(lowerCaseName)) {
        return line.substring(colon + 1).strip();
      }
    }
    return null;
  }
}
