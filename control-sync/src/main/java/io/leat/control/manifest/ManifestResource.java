package io.leat.control.manifest;

import io.leat.control.resource.Resource;
import java.util.List;

/**
 * A resource with what its document says beside it.
 *
 * @param ignoredFields paths of legal fields that Leat does not honour, for a condition to name
 * @param unknownFields messages about fields that were dropped, of a reader that tolerates them
 * @param file as the user named it
 * @param positions where each field stands
 */
public record ManifestResource(
    Resource resource,
    List<String> ignoredFields,
    List<String> unknownFields,
    String file,
    Positions positions) {

  /** Copies the lists. */
  public ManifestResource {
    ignoredFields = List.copyOf(ignoredFields);
    unknownFields = List.copyOf(unknownFields);
  }

  /** Where its name stands. */
  Place namePlace() {
    return positions.of("metadata.name");
  }
}
