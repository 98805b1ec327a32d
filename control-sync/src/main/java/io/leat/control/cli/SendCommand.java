package io.leat.control.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code leat send}: sends one event to a Channel. */
@Command(
    name = "send",
    description = {
      "Send one CloudEvent to a Channel; ends when it is durable.",
      "leat send orders --type dev.example.order --data '{\"id\": 7}'"
    },
    mixinStandardHelpOptions = true)
final class SendCommand implements Runnable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Mixin private final ChannelOption channel = new ChannelOption();
  @Mixin private final Terminal terminal = new Terminal();

  @Option(names = "--type", required = true, paramLabel = "T", description = "Type of the event.")
  private String type = "";

  @Option(
      names = "--data",
      paramLabel = "D",
      description = "Data; JSON is sent as JSON, anything else as text; - reads stdin.")
  private @Nullable String data;

  @Option(
      names = "--source",
      paramLabel = "URI",
      defaultValue = "/leat/cli",
      description = "Source of the event (default: ${DEFAULT-VALUE}).")
  private String source = "";

  @Option(names = "--id", paramLabel = "ID", description = "Id of the event (default: a new one).")
  private @Nullable String id;

  @Option(names = "--subject", paramLabel = "S", description = "Subject of the event.")
  private @Nullable String subject;

  @Option(
      names = "--extension",
      paramLabel = "NAME=VALUE",
      description = "An extension attribute; may be given several times.")
  private final Map<String, String> extensions = new LinkedHashMap<>();

  SendCommand() {}

  @Override
  public void run() {
    JsonNode accepted =
        channel
            .client()
            .send(
                "POST", channel.path("events"), "application/cloudevents+json", event().toString())
            .required();
    for (JsonNode each : accepted.path("accepted")) {
      terminal.out().println(each.path("id").asText());
    }
    terminal.out().flush();
  }

  private ObjectNode event() {
    ObjectNode event = MAPPER.createObjectNode().put("specversion", "1.0").put("type", type);
    event.put("source", source).put("id", id == null ? UUID.randomUUID().toString() : id);
    if (subject != null) {
      event.put("subject", subject);
    }
    extensions.forEach(event::put);
    String text = text();
    if (text != null) {
      JsonNode json = json(text);
      event.put("datacontenttype", json == null ? "text/plain; charset=utf-8" : "application/json");
      if (json == null) {
        event.put("data", text);
      } else {
        event.set("data", json);
      }
    }
    return event;
  }

  private @Nullable String text() {
    if (!"-".equals(data)) {
      return data;
    }
    try {
      return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILURE, "stdin cannot be read: " + e.getMessage());
    }
  }

  /** The data as JSON, or null when it is something else. */
  private static @Nullable JsonNode json(String text) {
    try {
      JsonNode read = MAPPER.readTree(text);
      return read == null || read.isMissingNode() ? null : read;
    } catch (JsonProcessingException somethingElse) {
      return null;
    }
  }
}
