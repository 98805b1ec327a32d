package io.leat.proxy.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A client of the proxy that sends what a test says. */
public final class TestClient extends Wire {

  /** An answer as it came. */
  public record Answer(String head, String body) {
    /** The status code. */
    public int status() {
      return Integer.parseInt(head.substring(9, 12));
    }

    /** The first value of a field; empty when there is none. */
    public String header(String lowerCaseName) {
      String value = Wire.header(head, lowerCaseName);
      return value == null ? "" : value;
    }
  }

  private TestClient(Socket socket) throws IOException {
    super(socket);
  }

  /** Connects to a port of this machine. */
  public static TestClient connect(int port) throws IOException {
    return connect(port, 0);
  }

  /** Connects with a receive buffer of a given size, to read slowly. */
  public static TestClient connect(int port, int receiveBuffer) throws IOException {
    Socket socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return new TestClient(socket);
  }

  /** Sends a GET and reads the answer. */
  public Answer get(String host, String target) throws IOException {
    send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return answer();
  }

  /** Reads one answer with its body. */
  public Answer answer() throws IOException {
    String head = head();
    int status = Integer.parseInt(head.substring(9, 12));
    boolean bodyless = status < 200 || status == 204 || status == 304;
    return new Answer(head, bodyless ? "" : body(head));
  }
}
