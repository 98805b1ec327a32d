package io.leat.control.manifest;

import io.leat.control.resource.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code leat validate} says about a set of manifests.
 *
 * @param lines data for standard output: a line per problem
 * @param summary one line for standard error
 * @param exitCode 0 when nothing is wrong, 5 otherwise
 */
public record ManifestCheck(List<String> lines, String summary, int exitCode) {
  private static final int VALIDATION = 5;

  /** Copies the list. */
  public ManifestCheck {
    lines = List.copyOf(lines);
  }

  /** Judges a set; reading nothing at all is a problem too. */
  public static ManifestCheck of(ManifestSet set) {
    List<String> lines = new ArrayList<>();
    set.problems().stream().map(Problem::toString).forEach(lines::add);
    int resources = set.manifests().size();
    if (lines.isEmpty() && resources == 0) {
      return new ManifestCheck(lines, "no resources found", VALIDATION);
    }
    int ignored = set.manifests().stream().mapToInt(m -> m.ignoredFields().size()).sum();
    String summary =
        count(resources, "valid resource")
            + ", "
            + count(lines.size(), "problem")
            + (ignored == 0 ? "" : ", " + count(ignored, "ignored field"));
    return new ManifestCheck(lines, summary, lines.isEmpty() ? 0 : VALIDATION);
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
