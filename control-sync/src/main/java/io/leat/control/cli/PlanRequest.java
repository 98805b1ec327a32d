package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.cli.ManifestOption.Document;
import io.leat.control.cli.text.PlanText;
import java.io.PrintWriter;
import java.util.List;

/** What the server says that documents would lead to. */
final class PlanRequest {
  private final List<Document> documents;
  private final JsonNode plan;

  private PlanRequest(List<Document> documents, JsonNode plan) {
    this.documents = documents;
    this.plan = plan;
  }

  /** Asks what applying documents would do. */
  static PlanRequest apply(ServerClient client, List<Document> documents, boolean force) {
    return ask(client, documents, "/plan?fieldManager=leat" + (force ? "&force=true" : ""));
  }

  /** Asks what deleting what documents name would do. */
  static PlanRequest delete(ServerClient client, List<Document> documents) {
    return ask(client, documents, "/plan?action=delete");
  }

  private static PlanRequest ask(ServerClient client, List<Document> documents, String path) {
    ServerClient.Answer answer =
        client.send("POST", path, "application/json", ManifestOption.body(documents));
    return new PlanRequest(documents, answer.required());
  }

  JsonNode json() {
    return plan;
  }

  /** Whether a resource or the table would differ. */
  boolean hasChanges() {
    return PlanText.hasChanges(plan);
  }

  /** A line for each document. */
  void printObjects(PrintWriter out) {
    PlanText.asked(plan).forEach(out::println);
    out.flush();
  }

  /** Every resource that would change, with its fields. */
  void printChanges(PrintWriter out) {
    PlanText.changes(plan).forEach(out::println);
    out.flush();
  }

  /** Every host and revision of the table that would differ. */
  void printTable(PrintWriter out) {
    PlanText.table(plan).forEach(out::println);
    out.flush();
  }

  /**
   * Says what would be refused or wrong with the graph of events, and gives the exit code: 0 when
   * nothing would.
   */
  int refused(PrintWriter err) {
    int code = ExitCode.OK;
    for (JsonNode problem : plan.path("problems")) {
      JsonNode status = problem.path("status");
      Document document = documents.get(problem.path("document").asInt());
      document.lines(status).forEach(err::println);
      if (code == ExitCode.OK) {
        code = ServerClient.Answer.exitCode(status.path("code").asInt());
      }
    }
    if (code != ExitCode.OK) {
      err.println("error: the server would refuse what is named above");
    }
    for (JsonNode warning : plan.path("warnings")) {
      err.println(
          warning.path("severity").asText()
              + ": "
              + warning.path("code").asText()
              + ": "
              + warning.path("text").asText());
    }
    if (!plan.path("settled").asBoolean(true)) {
      err.println("warning: the plan came to no end; what is shown is where it was stopped");
    }
    return code;
  }
}
