package io.leat.control.manifest;

import io.leat.control.resource.Problem;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that was read at one time; immutable.
 *
 * @param manifests the resources without a problem, in the order of the files
 * @param problems everything that is wrong; when there is any, the set should not be applied
 */
public record ManifestSet(List<ManifestResource> manifests, List<Problem> problems) {
  static final int MAX_PROBLEMS = 1000;

  /** Copies the lists. */
  public ManifestSet {
    manifests = List.copyOf(manifests);
    problems = List.copyOf(problems);
  }

  /** The resources alone. */
  public List<Resource> resources() {
    return manifests.stream().map(ManifestResource::resource).toList();
  }

  /** Whether nothing is wrong. */
  public boolean isValid() {
    return problems.isEmpty();
  }

  /** Joins what was read apart; a resource given twice is a problem at its second place. */
  static ManifestSet join(List<ManifestSet> parts) {
    Map<ResourceKey, ManifestResource> first = new HashMap<>();
    List<ManifestResource> manifests = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (ManifestSet part : parts) {
      problems.addAll(part.problems());
      for (ManifestResource manifest : part.manifests()) {
        ResourceKey key = manifest.resource().key();
        ManifestResource earlier = first.putIfAbsent(key, manifest);
        if (earlier == null) {
          manifests.add(manifest);
        } else {
          problems.add(duplicate(key, manifest, earlier));
        }
      }
    }
    return new ManifestSet(manifests, bounded(problems));
  }

  private static Problem duplicate(
      ResourceKey key, ManifestResource manifest, ManifestResource earlier) {
    Place place = manifest.namePlace();
    return new Problem(
        manifest.file(),
        place.line(),
        place.column(),
        "metadata.name",
        key + " is given twice (first at " + earlier.file() + ":" + earlier.namePlace() + ")");
  }

  private static List<Problem> bounded(List<Problem> problems) {
    if (problems.size() <= MAX_PROBLEMS) {
      return problems;
    }
    List<Problem> shown = new ArrayList<>(problems.subList(0, MAX_PROBLEMS));
    int more = problems.size() - MAX_PROBLEMS;
    shown.add(new Problem(problems.getLast().file(), 0, 0, "", more + " more problems"));
    return shown;
  }
}
