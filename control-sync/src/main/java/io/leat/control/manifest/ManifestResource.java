package io.leat.control.manifest;

import io.leat.control.resource.Resource;
import java.util.List;

/**
 * A resource with what its document says beside it.
 *
 * @param ignoredFields paths of legal fields that Leat does not honour, for a condition to name
 * @param file as the user named it
 * @param positions where each field stands
 */
public record ManifestResource(
    Resource resource, List<String> ignoredFields, String file, Positions positions) {

  /** Copies the list. */
  public ManifestResource {
    ignoredFields = List.copyOf(ignoredFields);
  }

  /** Where its name stands. */
  Place namePlace() {
    return positions.of("metadata.name");
  }
}
