package io.leat.control.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.leat.control.cli.text.Columns;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints resources in one form, first a list and then what changes, in the same columns. */
final class ResourcePrinter {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).build());

  private final PrintWriter out;
  private final Output output;
  private final String singular;
  private final boolean withNamespace;
  private @Nullable Columns columns;

  /** How resources are printed. */
  enum Output {
    TABLE,
    WIDE,
    YAML,
    JSON,
    NAME
  }

  /**
   * A printer of one kind.
   *
   * @param singular what stands before the slash in {@link Output#NAME}
   */
  ResourcePrinter(PrintWriter out, Output output, String singular, boolean withNamespace) {
    this.out = out;
    this.output = output;
    this.singular = singular;
    this.withNamespace = withNamespace;
  }

  /** Prints one resource or a list; false when there was none. */
  boolean print(JsonNode json) {
    boolean some =
        json.path("kind").asText().equals("Table")
            ? table(json)
            : document(json) || !json.has("items");
    out.flush();
    return some;
  }

  /** Prints one resource that changed. */
  void printChange(JsonNode json) {
    boolean first = columns == null;
    if (!json.path("kind").asText().equals("Table")) {
      if (output == Output.YAML) {
        out.println("---");
      }
      document(json);
    } else if (first) {
      table(json);
    } else {
      rows(json).forEach(this::row);
    }
    out.flush();
  }

  private boolean document(JsonNode json) {
    switch (output) {
      case NAME -> {
        if (json.has("items")) {
          json.path("items").forEach(this::name);
        } else {
          name(json);
        }
      }
      case JSON -> out.println(write(JSON, json));
      default -> out.print(write(YAML, json));
    }
    return !json.path("items").isEmpty();
  }

  private void name(JsonNode resource) {
    out.println(singular + "/" + resource.at("/metadata/name").asText());
  }

  private static String write(ObjectMapper mapper, JsonNode json) {
    try {
      return mapper.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new CommandFailure(ExitCode.FAILURE, e.getOriginalMessage());
    }
  }

  private boolean table(JsonNode table) {
    List<List<String>> rows = rows(table);
    if (rows.isEmpty()) {
      return false;
    }
    List<List<String>> all = new ArrayList<>();
    all.add(header(table));
    all.addAll(rows);
    columns = new Columns(all);
    all.forEach(this::row);
    return true;
  }

  private void row(List<String> cells) {
    if (columns != null) {
      out.println(columns.line(cells));
    }
  }

  private boolean isShown(JsonNode column) {
    return column.path("priority").asInt() == 0 || output == Output.WIDE;
  }

  private List<String> header(JsonNode table) {
    List<String> header = new ArrayList<>();
    if (withNamespace) {
      header.add("NAMESPACE");
    }
    for (JsonNode column : table.path("columnDefinitions")) {
      if (isShown(column)) {
        header.add(column.path("name").asText().toUpperCase(Locale.ROOT));
      }
    }
    return header;
  }

  private List<List<String>> rows(JsonNode table) {
    List<List<String>> rows = new ArrayList<>();
    JsonNode definitions = table.path("columnDefinitions");
    for (JsonNode row : table.path("rows")) {
      List<String> cells = new ArrayList<>();
      if (withNamespace) {
        cells.add(row.at("/object/metadata/namespace").asText());
      }
      for (int i = 0; i < definitions.size(); i++) {
        if (isShown(definitions.get(i))) {
          cells.add(row.path("cells").path(i).asText());
        }
      }
      rows.add(cells);
    }
    return rows;
  }
}
