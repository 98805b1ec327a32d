package io.leat.control.cli.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Tells about one resource: its document, its state, and what the server knows beside. */
public final class DescribeText {
  private static final YAMLMapper YAML =
      new YAMLMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .build());

  private final List<String> lines = new ArrayList<>();
  private final Instant now;

  private DescribeText(Instant now) {
    this.now = now;
  }

  /**
   * Everything in lines.
   *
   * @param known the answer of {@code /debug/resource}
   * @param events documents of Events about the resource
   */
  public static List<String> lines(
      JsonNode resource, JsonNode known, JsonNode events, Instant now) {
    DescribeText text = new DescribeText(now);
    text.head(resource);
    text.document(resource);
    text.conditions(resource.at("/status/conditions"));
    text.table(known.path("table"));
    text.jobs(known.path("jobs"));
    text.events(ofThis(resource, events));
    return text.lines;
  }

  private void head(JsonNode resource) {
    JsonNode metadata = resource.path("metadata");
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("Name:", metadata.path("name").asText()));
    if (metadata.has("namespace")) {
      rows.add(List.of("Namespace:", metadata.path("namespace").asText()));
    }
    rows.add(
        List.of(
            "Kind:", resource.path("kind").asText() + ", " + resource.path("apiVersion").asText()));
    map(rows, "Labels:", metadata.path("labels"));
    map(rows, "Annotations:", metadata.path("annotations"));
    for (JsonNode owner : metadata.path("ownerReferences")) {
      rows.add(
          List.of(
              "Controlled by:", owner.path("kind").asText() + "/" + owner.path("name").asText()));
    }
    String created = metadata.path("creationTimestamp").asText("");
    rows.add(List.of("Created:", created + " (" + Columns.age(created, now) + " ago)"));
    rows.add(List.of("Generation:", metadata.path("generation").asText()));
    if (metadata.has("deletionTimestamp")) {
      rows.add(List.of("Deleting since:", metadata.path("deletionTimestamp").asText()));
      rows.add(List.of("Held back by:", metadata.path("finalizers").toString()));
    }
    if (resource.at("/status/url").isTextual()) {
      rows.add(List.of("URL:", resource.at("/status/url").asText()));
    }
    lines.addAll(Columns.lines(rows));
  }

  private static void map(List<List<String>> rows, String title, JsonNode values) {
    String name = title;
    for (Map.Entry<String, JsonNode> value : values.properties()) {
      rows.add(List.of(name, value.getKey() + "=" + value.getValue().asText()));
      name = "";
    }
  }

  private void document(JsonNode resource) {
    ObjectNode rest = resource.deepCopy();
    rest.remove(List.of("apiVersion", "kind", "metadata", "status"));
    if (rest.isEmpty()) {
      return;
    }
    boolean secret = resource.path("kind").asText().equals("Secret");
    lines.add(rest.has("spec") ? "Spec:" : "Content:");
    JsonNode shown = rest.has("spec") ? rest.get("spec") : rest;
    if (secret && shown instanceof ObjectNode object) {
      // A description ends up in tickets and on screens of others.
      for (String name : object.path("data").propertyStream().map(Map.Entry::getKey).toList()) {
        object.withObjectProperty("data").put(name, "(hidden)");
      }
    }
    try {
      YAML.writeValueAsString(shown).lines().forEach(line -> lines.add("  " + line));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree could not be written", e);
    }
  }

  private void conditions(JsonNode conditions) {
    if (conditions.isEmpty()) {
      return;
    }
    lines.add("Conditions:");
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("  TYPE", "STATUS", "AGE", "REASON", "MESSAGE"));
    for (JsonNode condition : conditions) {
      rows.add(
          List.of(
              "  " + condition.path("type").asText(),
              condition.path("status").asText(),
              Columns.age(condition.path("lastTransitionTime").asText(""), now),
              condition.path("reason").asText(""),
              condition.path("message").asText("").replace('\n', ' ')));
    }
    lines.addAll(Columns.lines(rows));
  }

  private void table(JsonNode hosts) {
    lines.add(hosts.isEmpty() ? "Table:   no entry" : "Table:");
    for (JsonNode host : hosts) {
      lines.add("  " + host.path("host").asText());
      host.path("rules").forEach(rule -> lines.add("    " + rule.asText()));
    }
  }

  private void jobs(JsonNode jobs) {
    if (jobs.isEmpty()) {
      return;
    }
    lines.add("Jobs:");
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("  ID", "KIND", "STEP", "STATE", "ATTEMPTS", "AGE", "LAST ERROR"));
    for (JsonNode job : jobs) {
      rows.add(
          List.of(
              "  " + job.path("id").asText(),
              job.path("kind").asText(),
              job.path("step").asText(),
              job.path("state").asText(),
              job.path("attempts").asText(),
              Columns.age(job.path("created").asText(""), now),
              job.path("lastError").asText("")));
    }
    lines.addAll(Columns.lines(rows));
  }

  /** Those about this very resource rather than one of its name before, the latest last. */
  private static List<JsonNode> ofThis(JsonNode resource, JsonNode events) {
    String uid = resource.at("/metadata/uid").asText("");
    List<JsonNode> own = new ArrayList<>();
    for (JsonNode event : events) {
      String about = event.at("/involvedObject/uid").asText("");
      if (about.isEmpty() || about.equals(uid)) {
        own.add(event);
      }
    }
    own.sort(Comparator.comparing(event -> event.path("lastTimestamp").asText("")));
    return own;
  }

  private void events(List<JsonNode> events) {
    lines.add(events.isEmpty() ? "Events:  none" : "Events:");
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode event : events) {
      rows.add(
          List.of(
              "  " + event.path("type").asText(),
              event.path("reason").asText(),
              Columns.age(event.path("lastTimestamp").asText(""), now),
              "x" + event.path("count").asInt(1),
              event.path("message").asText("").replace('\n', ' ')));
    }
    lines.addAll(Columns.lines(rows));
  }
}
