package io.leat.bench.channels;

import io.leat.bench.compare.Load;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The events that are sent, and the script by which wrk sends them. */
final class Events {
  /** Ids that wrk uses in turn. */
  private static final int IDS = 4096;

  private Events() {}

  /** Writes the script; without {@code unique} every request is one and the same. */
  static Path script(Path dir, int bytes) throws IOException {
    Path script = Files.createDirectories(dir).resolve("post-" + bytes + ".lua");
    Files.writeString(
        script,
        """
        local ready = {}
        local n = 0
        init = function(args)
          wrk.method = "POST"
          wrk.body = string.rep("x", %d)
          wrk.headers["Content-Type"] = "application/octet-stream"
          wrk.headers["ce-specversion"] = "1.0"
          wrk.headers["ce-type"] = "dev.leat.bench"
          wrk.headers["ce-source"] = "/bench"
          for i = 1, %d do
            wrk.headers["ce-id"] = tostring(i)
            ready[i] = wrk.format()
          end
        end
        request = function()
          n = n %% %2$d + 1
          return ready[n]
        end
        """
            .formatted(bytes, IDS));
    return script;
  }

  /** Sends by a script for some seconds, with one thread of wrk on the second processor. */
  static Load send(int port, String host, Path script, int connections, int seconds)
      throws IOException, InterruptedException {
    return Load.run(
        List.of(
            "taskset",
            "-c",
            "1",
            "wrk",
            "-t1",
            "-c" + connections,
            "--latency",
            "-d" + seconds + "s",
            "-s",
            script.toString(),
            "-H",
            "Host: " + host,
            "http://127.0.0.1:" + port + "/"));
  }

  static byte[] request(String host, String id, int bytes) {
    String head =
        "POST / HTTP/1.1\r\nHost: "
            + host
            + "\r\nContent-Type: application/octet-stream\r\nce-specversion: 1.0\r\n"
            + "ce-type: dev.leat.bench\r\nce-source: /bench\r\nce-id: "
            + id
            + "\r\nContent-Length: "
            + bytes
            + "\r\n\r\n";
    return (head + "x".repeat(bytes)).getBytes(StandardCharsets.US_ASCII);
  }

  /** Sends one event and returns the status. */
  static int post(int port, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request(host, "0", 16));
      byte[] answer = socket.getInputStream().readNBytes(12);
      return answer.length < 12
          ? 0
          : Integer.parseInt(new String(answer, 9, 3, StandardCharsets.US_ASCII));
    }
  }
}
