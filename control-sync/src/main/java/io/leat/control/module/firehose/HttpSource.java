package io.leat.control.module.firehose;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The lines of a document that is asked for again and again: all of them whenever it differs from
 * the last one. A position is the check sum of a document, and how many of its lines are done.
 */
record HttpSource(HttpClient client, URI uri) implements Source {
  private static final int MAX_BYTES = 1 << 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Override
  public Batch next(String position) throws IOException, InterruptedException {
    byte[] document = document();
    String sum = sum(document);
    String[] known = position.split("/", 2);
    List<byte[]> lines = lines(document);
    int done = known.length == 2 && known[0].equals(sum) ? Integer.parseInt(known[1]) : 0;
    int from = Math.min(done, lines.size());
    int to = Math.min(lines.size(), from + MAX_LINES);
    return new Batch(lines.subList(from, to), sum + "/" + to);
  }

  @Override
  public String end() throws IOException, InterruptedException {
    byte[] document = document();
    return sum(document) + "/" + lines(document).size();
  }

  private byte[] document() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
    HttpResponse<InputStream> answer =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      if (answer.statusCode() != 200) {
        throw new IOException("GET " + uri + " answered " + answer.statusCode());
      }
      byte[] read = body.readNBytes(MAX_BYTES + 1);
      if (read.length > MAX_BYTES) {
        throw new IOException("GET " + uri + " answered more than " + MAX_BYTES + " bytes");
      }
      return read;
    }
  }

  private static String sum(byte[] document) {
    CRC32C crc = new CRC32C();
    crc.update(document);
    return Long.toHexString(crc.getValue()) + "-" + document.length;
  }

  private static List<byte[]> lines(byte[] document) {
    List<byte[]> lines = new ArrayList<>();
    new String(document, StandardCharsets.UTF_8)
        .lines()
        .forEach(line -> lines.add(line.getBytes(StandardCharsets.UTF_8)));
    return lines;
  }
}
