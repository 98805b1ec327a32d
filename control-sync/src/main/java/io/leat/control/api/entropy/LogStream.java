package io.leat.control.api.entropy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.api.logs.InstanceLogs;
import io.leat.control.api.logs.LogLine;
import io.leat.control.module.LogBook;
import io.leat.control.module.ModuleFailure;
import io.leat.control.module.ModuleService;
import io.leat.control.module.Urn;
import io.leat.control.resource.ResourceKey;
import io.leat.proxy.admin.AdminResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Streams what a resource logs, one JSON document per line as gateways of gRPC do: {@code
 * {"result":{"chunk":{"data":BASE64,"labels":{…}}}}}.
 *
 * <p>An empty line says now and then that the stream is alive.
 */
final class LogStream {
  private static final long ALIVE_MILLIS = 15_000;

  /** The code of gRPC for too much of something. */
  private static final int EXHAUSTED = 8;

  private final ModuleService service;
  private final LogBook logs;
  private final InstanceLogs instances;

  LogStream(EntropyPorts ports) {
    this.service = ports.service();
    this.logs = ports.logs();
    this.instances = ports.instances();
  }

  /** The same of a resource whose instances print something. */
  AdminResponse answer(ResourceKey key, boolean follow) {
    InstanceLogs.Asked asked = new InstanceLogs.Asked(key, InstanceLogs.ALL, Instant.EPOCH, follow);
    return AdminResponse.streamed(
        AdminResponse.JSON,
        out -> {
          if (!instances.write(asked, new Chunks(out))) {
            ObjectNode busy = JsonNodeFactory.instance.objectNode();
            busy.putObject("error")
                .put("code", EXHAUSTED)
                .put("message", "as many logs as allowed are being read");
            out.write((busy + "\n").getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  /** What instances print, as chunks. */
  private record Chunks(OutputStream out) implements InstanceLogs.Sink {
    @Override
    public void begin(int count) {
      // Each chunk names its instance.
    }

    @Override
    public void line(LogLine line) throws IOException {
      write(line.text(), line.instance(), line.time(), out);
    }

    @Override
    public void pause() throws IOException {
      out.flush();
    }
  }

  /**
   * Begins with the lines that are kept.
   *
   * @param follow whether to go on with new ones, until the client or the resource goes
   */
  AdminResponse answer(Urn urn, boolean follow) throws ModuleFailure {
    service.checkLogs(urn);
    return AdminResponse.streamed(
        AdminResponse.JSON,
        out -> {
          long last = write(logs.after(urn, 0), 0, out);
          out.flush();
          while (follow && isThere(urn)) {
            List<LogBook.Line> lines = logs.awaitAfter(urn, last, ALIVE_MILLIS);
            last = write(lines, last, out);
            if (lines.isEmpty()) {
              out.write('\n');
            }
            out.flush();
          }
        });
  }

  private boolean isThere(Urn urn) {
    return failure(urn) == null;
  }

  private @Nullable ModuleFailure failure(Urn urn) {
    try {
      service.checkLogs(urn);
      return null;
    } catch (ModuleFailure gone) {
      return gone;
    }
  }

  private static long write(List<LogBook.Line> lines, long last, OutputStream out)
      throws IOException {
    long newest = last;
    for (LogBook.Line line : lines) {
      write(line.text(), line.source(), line.time(), out);
      newest = line.number();
    }
    return newest;
  }

  private static void write(String line, String source, Instant time, OutputStream out)
      throws IOException {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ObjectNode chunk = document.putObject("result").putObject("chunk");
    byte[] text = (line + "\n").getBytes(StandardCharsets.UTF_8);
    chunk.put("data", Base64.getEncoder().encodeToString(text));
    chunk.putObject("labels").put("source", source).put("time", time.toString());
    out.write((document + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
