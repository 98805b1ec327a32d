package io.leat.control.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** An app for tests: listens on PORT; answers 503 to the first requests and then 200. */
final class EchoInstance {

  private EchoInstance() {}

  /** The first argument is how many requests get a 503. */
  public static void main(String[] args) throws IOException {
    int unready = args.length == 0 ? 0 : Integer.parseInt(args[0]);
    int port = Integer.parseInt(System.getenv("PORT"));
    try (ServerSocket server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
      System.out.println("listening on " + port + " at " + System.currentTimeMillis());
      while (true) {
        try (Socket socket = server.accept()) {
          BufferedReader in =
              new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
          String request = in.readLine();
          if (request == null) {
            continue;
          }
          String status = unready-- > 0 ? "503 Service Unavailable" : "200 OK";
          System.out.println(request + " " + status);
          String answer = "HTTP/1.1 " + status + "\r\ncontent-length: 0\r\n\r\n";
          socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }
}
