package io.leat.control.api.entropy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.module.LogBook;
import io.leat.control.module.ModuleFailure;
import io.leat.control.module.ModuleService;
import io.leat.control.module.Urn;
import io.leat.proxy.admin.AdminResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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

  private final ModuleService service;
  private final LogBook logs;

  LogStream(ModuleService service, LogBook logs) {
    this.service = service;
    this.logs = logs;
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
      ObjectNode document = JsonNodeFactory.instance.objectNode();
      ObjectNode chunk = document.putObject("result").putObject("chunk");
      byte[] text = (line.text() + "\n").getBytes(StandardCharsets.UTF_8);
      chunk.put("data", Base64.getEncoder().encodeToString(text));
      chunk.putObject("labels").put("source", line.source()).put("time", line.time().toString());
      out.write((document + "\n").getBytes(StandardCharsets.UTF_8));
      newest = line.number();
    }
    return newest;
  }
}
