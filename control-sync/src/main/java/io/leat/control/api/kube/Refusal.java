package io.leat.control.api.kube;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.api.apply.ServerSideApply;
import io.leat.control.manifest.output.StatusJson;
import io.leat.control.manifest.rules.Finding;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Problem;
import io.leat.proxy.admin.AdminResponse;
import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** A request that is answered with a failure {@code Status}; never leaves this package. */
final class Refusal extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final int code;
  private final transient ObjectNode status;

  private Refusal(int code, ObjectNode status) {
    super(status.path("message").asText(), null, false, false);
    this.code = code;
    this.status = status;
  }

  AdminResponse answer() {
    return AdminResponse.json(code, status.toString());
  }

  /** The {@code Status} document. */
  ObjectNode status() {
    return status;
  }

  static Refusal of(int code, String reason, String message) {
    return new Refusal(code, StatusJson.failure(code, reason, message));
  }

  static Refusal badRequest(String message) {
    return of(400, "BadRequest", message);
  }

  static Refusal notServed() {
    return of(404, "NotFound", "the server could not find the requested resource");
  }

  static Refusal notFound(Kind kind, String name) {
    return named(404, "NotFound", kind, name, kind.resource() + " \"" + name + "\" not found");
  }

  static Refusal alreadyExists(Kind kind, String name) {
    String message = kind.resource() + " \"" + name + "\" already exists";
    return named(409, "AlreadyExists", kind, name, message);
  }

  static Refusal forbidden(Kind kind, String name, String why) {
    String message = kind.resource() + " \"" + name + "\" is forbidden: " + why;
    return named(403, "Forbidden", kind, name, message);
  }

  static Refusal conflict(Kind kind, String name, String why) {
    String message =
        "Operation cannot be fulfilled on " + kind.resource() + " \"" + name + "\": " + why;
    return named(409, "Conflict", kind, name, message);
  }

  static Refusal stale(Kind kind, String name) {
    return conflict(
        kind,
        name,
        "the object has been modified; please apply your changes to the latest version and try"
            + " again");
  }

  static Refusal invalid(Kind kind, String name, List<Finding> findings) {
    return new Refusal(422, StatusJson.invalid(kind, name, findings));
  }

  /** A document whose fields are wrong; the same answer as for broken rules. */
  static Refusal undecodable(Kind kind, String name, List<Problem> problems) {
    return invalid(
        kind,
        name,
        problems.stream().map(problem -> new Finding(problem.path(), problem.message())).toList());
  }

  static Refusal strict(List<Problem> problems) {
    String message =
        problems.stream()
            .map(problem -> problem.path() + ": " + problem.message())
            .collect(Collectors.joining(", ", "strict decoding error: ", ""));
    ObjectNode status = StatusJson.unreadable(problems);
    return new Refusal(400, status.put("message", message));
  }

  static Refusal unreadable(Problem problem) {
    return new Refusal(400, StatusJson.unreadable(List.of(problem)));
  }

  static Refusal fieldConflicts(List<ServerSideApply.Conflict> conflicts) {
    String count = conflicts.size() == 1 ? "1 conflict" : conflicts.size() + " conflicts";
    String message =
        conflicts.stream()
            .map(conflict -> with(conflict) + ": " + conflict.field())
            .collect(Collectors.joining("\n", "Apply failed with " + count + ": ", ""));
    ObjectNode status = StatusJson.failure(409, "Conflict", message);
    ArrayNode causes = status.putObject("details").putArray("causes");
    for (ServerSideApply.Conflict conflict : conflicts) {
      causes
          .addObject()
          .put("reason", "FieldManagerConflict")
          .put("message", with(conflict))
          .put("field", conflict.field());
    }
    return new Refusal(409, status);
  }

  private static String with(ServerSideApply.Conflict conflict) {
    String using = conflict.applied() ? "" : " using " + conflict.apiVersion();
    return "conflict with \"" + conflict.manager() + "\"" + using;
  }

  private static Refusal named(int code, String reason, Kind kind, String name, String message) {
    ObjectNode status = StatusJson.failure(code, reason, message);
    ObjectNode details = status.putObject("details");
    details.put("name", name).put("group", kind.group()).put("kind", kind.plural());
    return new Refusal(code, status);
  }
}
