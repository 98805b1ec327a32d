package io.leat.control.eventing.source.emit;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes events of lines.
 *
 * @param json whether lines are meant to be JSON; otherwise each is text as it is
 * @param source the attribute of that name
 * @param type the attribute of that name
 */
public record LineEvents(boolean json, String source, String type) {
  private static final Logger LOG = LoggerFactory.getLogger(LineEvents.class);
  private static final ObjectReader READER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).reader();

  /**
   * What a line became.
   *
   * @param odd whether it should have been JSON, and is not: then it is text
   */
  public record Line(SourceEvent event, boolean odd) {}

  /** Whether a line says nothing: blank, where JSON is meant. */
  public boolean isVoid(byte[] line) {
    if (!json) {
      return false;
    }
    for (byte each : line) {
      if (each != ' ' && each != '\t' && each != '\r') {
        return false;
      }
    }
    return true;
  }

  /** The event of a line: a CloudEvent in JSON format is that event, anything else is data. */
  public Line event(byte[] line, String id, Instant time) {
    if (!json) {
      return new Line(made(line, id, time, "text/plain"), false);
    }
    try {
      JsonNode value = READER.readTree(line);
      return new Line(
          value.path("specversion").isTextual()
              ? new SourceEvent.Passed(line)
              : made(line, id, time, "application/json"),
          false);
    } catch (IOException e) {
      LOG.debug("a line of {} is no JSON", source, e);
      return new Line(made(line, id, time, "text/plain"), true);
    }
  }

  private SourceEvent made(byte[] line, String id, Instant time, String contentType) {
    return new SourceEvent.Made(id, source, type, time, contentType, line);
  }
}
