package io.leat.control.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Says a plan in lines: {@code +} for what would come, {@code -} go, {@code ~} change. */
public final class PlanText {
  private PlanText() {}

  /** Whether a resource or the table would differ. */
  public static boolean hasChanges(JsonNode plan) {
    for (JsonNode change : plan.path("changes")) {
      if (!action(change).equals("unchanged")) {
        return true;
      }
    }
    return !table(plan).isEmpty();
  }

  /** A line for each resource that was asked for: {@code route.serving.knative.dev/x created}. */
  public static List<String> asked(JsonNode plan) {
    List<String> lines = new ArrayList<>();
    for (JsonNode change : plan.path("changes")) {
      if (change.path("by").asText().equals("you")) {
        lines.add(change.path("resource").asText() + " " + action(change) + " (dry run)");
      }
    }
    return lines;
  }

  /** Every resource that would change, with its fields; Leat's own doings say so. */
  public static List<String> changes(JsonNode plan) {
    List<String> lines = new ArrayList<>();
    for (JsonNode change : plan.path("changes")) {
      String action = action(change);
      if (action.equals("unchanged")) {
        continue;
      }
      String sign = action.equals("created") ? "+" : action.equals("deleted") ? "-" : "~";
      String namespace = change.path("namespace").asText();
      lines.add(
          sign
              + " "
              + change.path("resource").asText()
              + (namespace.isEmpty() || namespace.equals("default") ? "" : " in " + namespace)
              + " "
              + action
              + (change.path("by").asText().equals("leat") ? " by Leat" : ""));
      for (JsonNode field : change.path("fields")) {
        lines.add("    " + field.path("path").asText() + ": " + values(field));
      }
    }
    return lines;
  }

  private static String action(JsonNode change) {
    return change.path("action").asText();
  }

  private static String values(JsonNode field) {
    String before = field.path("before").asText();
    String after = field.path("after").asText();
    return (before.isEmpty() ? "(none)" : before) + " -> " + (after.isEmpty() ? "(none)" : after);
  }

  /** Every host and revision of the table that would differ, with what stands behind it. */
  public static List<String> table(JsonNode plan) {
    List<String> lines = new ArrayList<>();
    JsonNode table = plan.path("table");
    table
        .path("added")
        .forEach(host -> {
          lines.add("+ host " + host.path("host").asText());
          rules(host, "+", lines);
        });
    table
        .path("changed")
        .forEach(host -> {
          lines.add("~ host " + host.at("/after/host").asText() + visibility(host));
          rules(host.path("before"), "-", lines);
          rules(host.path("after"), "+", lines);
        });
    table
        .path("removed")
        .forEach(host -> {
          lines.add("- host " + host.path("host").asText());
          rules(host, "-", lines);
        });
    JsonNode revisions = table.path("revisions");
    revisions.path("added").forEach(revision -> lines.add("+ revision " + revision(revision)));
    revisions
        .path("changed")
        .forEach(both -> {
          lines.add("~ revision " + both.at("/after/revision").asText());
          lines.add("    - " + reached(both.path("before")));
          lines.add("    + " + reached(both.path("after")));
        });
    revisions
        .path("removed")
        .forEach(revision -> lines.add("- revision " + revision.path("revision").asText()));
    return lines;
  }

  private static String visibility(JsonNode host) {
    String before = host.at("/before/visibility").asText();
    String after = host.at("/after/visibility").asText();
    return before.equals(after) ? "" : " (" + before + " -> " + after + ")";
  }

  private static void rules(JsonNode host, String sign, List<String> lines) {
    for (JsonNode entry : host.path("entries")) {
      lines.add("    " + sign + " " + entry.path("rule").asText());
    }
  }

  private static String revision(JsonNode revision) {
    return revision.path("revision").asText() + ", " + revision.path("reached").asText();
  }

  private static String reached(JsonNode revision) {
    return revision.path("reached").asText() + ", " + revision.path("limits").asText();
  }
}
