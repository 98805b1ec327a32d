package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.FolderReader;
import io.leat.control.manifest.ManifestReader;
import io.leat.control.manifest.ManifestResource;
import io.leat.control.manifest.ManifestSet;
import io.leat.control.manifest.Place;
import io.leat.control.manifest.WorkingDirectory;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Resource;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The manifests that a command works with: {@code -f}, judged before anything is sent. */
final class ManifestOption {
  @Option(
      names = {"-f", "--filename"},
      paramLabel = "PATH",
      arity = "1..*",
      description = "File, folder, or - for standard input; may be repeated.")
  private List<String> paths = new ArrayList<>();

  ManifestOption() {}

  /** One document with the file that it came from. */
  record Document(ManifestResource manifest, ObjectNode tree) {
    Resource resource() {
      return manifest.resource();
    }

    /** {@code file:line:col} of a field, or of its nearest parent. */
    String place(String path) {
      Place place = manifest.positions().of(path);
      return manifest.file() + ":" + place;
    }

    /** What the server refused, a line for each cause. */
    List<String> lines(JsonNode status) {
      List<String> lines = new ArrayList<>();
      for (JsonNode cause : status.at("/details/causes")) {
        String field = cause.path("field").asText("");
        String known = field.startsWith(".") ? field.substring(1) : field;
        lines.add(place(known) + " " + field + ": " + cause.path("message").asText());
      }
      if (lines.isEmpty()) {
        lines.add(place("metadata.name") + " " + status.path("message").asText());
      }
      return lines;
    }
  }

  boolean isGiven() {
    return !paths.isEmpty();
  }

  /**
   * Reads all of them.
   *
   * @param err takes every problem
   * @throws CommandFailure with exit code 5 when there is any problem, or nothing at all
   */
  List<Document> read(PrintWriter err) {
    if (paths.isEmpty()) {
      throw new CommandFailure(ExitCode.USAGE, "no manifests: name files or folders by -f");
    }
    ManifestReader reader = ManifestReader.forUsers(Validation.standalone());
    ManifestSet set = new FolderReader(reader, paths, System.in).read();
    if (!set.isValid()) {
      set.problems().forEach(problem -> err.println(problem.toString()));
      String count = set.problems().size() == 1 ? "1 problem" : set.problems().size() + " problems";
      throw new CommandFailure(
          ExitCode.VALIDATION, "the manifests have " + count + "; nothing was sent");
    }
    if (set.manifests().isEmpty()) {
      throw new CommandFailure(
          ExitCode.VALIDATION, "no resources found in " + String.join(", ", paths));
    }
    List<Document> documents = new ArrayList<>();
    for (ManifestResource manifest : set.manifests()) {
      documents.add(new Document(manifest, ResourceJson.tree(WorkingDirectory.resolve(manifest))));
    }
    return documents;
  }

  /** The documents as the body of one request. */
  static String body(List<Document> documents) {
    return documents.stream().map(each -> each.tree().toString()).collect(Collectors.joining("\n"));
  }
}
