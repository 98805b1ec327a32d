package io.leat.control.api.logs;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.output.StatusJson;
import io.leat.control.resource.Kind;
import io.leat.control.resource.ResourceKey;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import io.leat.proxy.admin.AdminRoutes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /debug/logs?namespace=&revision=|service=&tail=&sinceSeconds=&follow=}: what
 * instances printed, a JSON object per line.
 *
 * <p>The first line is {@code {"instances":N}}, 2 for two and more; each further one {@code
 * {"time","revision","instance","text"}}, or empty to say that the stream is alive. Used by any
 * thread.
 */
public final class LogApi {
  private static final String NDJSON = "application/x-ndjson";
  private static final String BUSY =
      InstanceLogs.MAX_READERS + " logs are being read, and no more may be";

  private final InstanceLogs logs;
  private final InstantSource clock;

  /** The API over logs. */
  public LogApi(InstanceLogs logs, InstantSource clock) {
    this.logs = logs;
    this.clock = clock;
  }

  /** Adds the route. */
  public void addTo(AdminRoutes routes) {
    routes.at("GET", "/debug/logs", this::answer);
  }

  private AdminResponse answer(AdminRequest request) {
    String revision = request.parameter("revision");
    String service = request.parameter("service");
    String name = revision == null ? service : revision;
    String namespace = request.parameter("namespace");
    if (name == null || namespace == null || (revision != null && service != null)) {
      return refused(400, "BadRequest", "namespace, and either revision or service, are required");
    }
    int tail = number(request.parameter("tail"), InstanceLogs.ALL);
    int seconds = number(request.parameter("sinceSeconds"), 0);
    if (tail > InstanceLogs.MAX_TAIL || tail < InstanceLogs.ALL || seconds < 0) {
      String rule = "tail must be from 0 to " + InstanceLogs.MAX_TAIL + ", sinceSeconds a number";
      return refused(400, "BadRequest", rule);
    }
    Kind kind = revision == null ? Kind.SERVICE : Kind.REVISION;
    ResourceKey key = new ResourceKey(kind, namespace, name);
    if (!logs.exists(key)) {
      return refused(404, "NotFound", kind.resource() + " \"" + name + "\" not found");
    }
    if (logs.isBusy()) {
      return refused(429, "TooManyRequests", BUSY);
    }
    Instant since = seconds == 0 ? Instant.EPOCH : clock.instant().minusSeconds(seconds);
    boolean follow = "true".equals(request.parameter("follow"));
    InstanceLogs.Asked asked = new InstanceLogs.Asked(key, tail, since, follow);
    return AdminResponse.streamed(NDJSON, out -> stream(asked, out));
  }

  private static AdminResponse refused(int status, String reason, String message) {
    return AdminResponse.json(status, StatusJson.failure(status, reason, message).toString());
  }

  /** A number; {@code other} when it is left out, -2 when it is none. */
  private static int number(@Nullable String text, int other) {
    if (text == null || text.isEmpty()) {
      return other;
    }
    return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -2;
  }

  private void stream(InstanceLogs.Asked asked, OutputStream out)
      throws IOException, InterruptedException {
    if (!logs.write(asked, new Lines(out))) {
      write(JsonNodeFactory.instance.objectNode().put("error", BUSY), out);
    }
  }

  private static void write(ObjectNode node, OutputStream out) throws IOException {
    out.write((node + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Lines as JSON. */
  private static final class Lines implements InstanceLogs.Sink {
    /** Pauses come once a second at least. */
    private static final int ALIVE_PAUSES = 15;

    private final OutputStream out;
    private int pauses;

    Lines(OutputStream out) {
      this.out = out;
    }

    @Override
    public void begin(int instances) throws IOException {
      write(JsonNodeFactory.instance.objectNode().put("instances", instances), out);
    }

    @Override
    public void line(LogLine line) throws IOException {
      ObjectNode node = JsonNodeFactory.instance.objectNode().put("time", line.time().toString());
      node.put("revision", line.revision().name()).put("instance", line.instance());
      write(node.put("text", line.text()), out);
    }

    @Override
    public void pause() throws IOException {
      if (++pauses % ALIVE_PAUSES == 0) {
        out.write('\n');
      }
      out.flush();
    }
  }
}
