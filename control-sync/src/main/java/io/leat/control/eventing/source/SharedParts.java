package io.leat.control.eventing.source;

import io.leat.control.runtime.process.Spawner;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What all Sources of a runner use together; each part starts with its first use. */
final class SharedParts implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final Path processes;
  private @Nullable HttpClient client;
  private @Nullable Spawner spawner;
  private boolean closed;

  /** Parts that keep records of running programs in a folder. */
  SharedParts(Path processes) {
    this.processes = processes;
  }

  /** Asks for documents, and follows redirects. */
  synchronized HttpClient client() throws IOException {
    open();
    HttpClient known = client;
    if (known == null) {
      known =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NORMAL)
              .connectTimeout(CONNECT)
              .build();
      client = known;
    }
    return known;
  }

  synchronized Spawner spawner() throws IOException {
    open();
    Spawner known = spawner;
    if (known == null) {
      known = new Spawner(processes);
      spawner = known;
    }
    return known;
  }

  private void open() throws IOException {
    if (closed) {
      throw new IOException("Leat is stopping");
    }
  }

  /** Ends requests, and kills what programs are left. */
  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      client.shutdownNow();
    }
    if (spawner != null) {
      spawner.close();
    }
  }
}
