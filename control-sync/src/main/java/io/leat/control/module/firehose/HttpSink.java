package io.leat.control.module.firehose;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** A URL that each batch is posted to, one line per record; any 2xx takes it. */
record HttpSink(HttpClient client, URI uri) implements Sink {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Override
  public void deliver(List<byte[]> lines) throws IOException, InterruptedException {
    ByteArrayOutputStream batch = new ByteArrayOutputStream();
    for (byte[] line : lines) {
      batch.write(line);
      batch.write('\n');
    }
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(TIMEOUT)
            .header("content-type", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofByteArray(batch.toByteArray()))
            .build();
    int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    if (status / 100 != 2) {
      throw new IOException("POST " + uri + " answered " + status);
    }
  }
}
