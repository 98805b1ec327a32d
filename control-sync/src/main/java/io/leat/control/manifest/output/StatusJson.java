package io.leat.control.manifest.output;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.rules.Finding;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** Writes failures as {@code v1 Status} documents of the Kubernetes API conventions. */
public final class StatusJson {
  private static final int UNPROCESSABLE = 422;

  private StatusJson() {}

  /**
   * A failure without details.
   *
   * @param code HTTP status
   * @param reason CamelCase token such as {@code NotFound}
   */
  public static ObjectNode failure(int code, String reason, String message) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("kind", "Status").put("apiVersion", "v1");
    root.putObject("metadata");
    root.put("status", "Failure").put("message", message).put("reason", reason);
    root.put("code", code);
    return root;
  }

  /** The answer 422 to a resource that breaks rules. */
  public static ObjectNode invalid(Kind kind, String name, List<Finding> findings) {
    String type = kind.kind() + (kind.group().isEmpty() ? "" : "." + kind.group());
    String message =
        findings.stream()
            .map(Finding::toString)
            .collect(Collectors.joining(", ", type + " \"" + name + "\" is invalid: ", ""));
    ObjectNode root = failure(UNPROCESSABLE, "Invalid", message);
    ObjectNode details = root.putObject("details");
    details.put("name", name).put("group", kind.group()).put("kind", kind.kind());
    ArrayNode causes = details.putArray("causes");
    for (Finding finding : findings) {
      cause(causes, finding.path(), finding.message());
    }
    return root;
  }

  /** The answer 400 to a body that is no resource. */
  public static ObjectNode unreadable(List<Problem> problems) {
    String message = problems.stream().map(Problem::toString).collect(Collectors.joining(", "));
    ObjectNode root = failure(400, "BadRequest", message);
    ArrayNode causes = root.putObject("details").putArray("causes");
    for (Problem problem : problems) {
      cause(causes, problem.path(), problem.message());
    }
    return root;
  }

  private static void cause(ArrayNode causes, String field, String message) {
    ObjectNode cause = causes.addObject();
    cause.put("reason", reason(message)).put("message", message).put("field", field);
  }

  private static String reason(String message) {
    if (message.startsWith("is required")) {
      return "FieldValueRequired";
    }
    if (message.startsWith("must be unique")) {
      return "FieldValueDuplicate";
    }
    return message.startsWith("is immutable") || message.contains("not allowed")
        ? "FieldValueForbidden"
        : "FieldValueInvalid";
  }
}
