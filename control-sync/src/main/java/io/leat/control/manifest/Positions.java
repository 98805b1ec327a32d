package io.leat.control.manifest;

import java.util.HashMap;
import java.util.Map;

/**
 * Where each field of one resource stands in its file; immutable once the resource is read.
 *
 * <p>Paths are those of problems: {@code spec.traffic[1].percent}, {@code
 * metadata.labels[example.org/name]}.
 */
public final class Positions {
  private final Map<String, Place> places = new HashMap<>();
  private final Place document;

  Positions(Place document) {
    this.document = document;
  }

  /** The place of a field's value, or of the nearest parent that the file has. */
  public Place of(String path) {
    String candidate = path;
    while (!candidate.isEmpty()) {
      Place place = places.get(candidate);
      if (place != null) {
        return place;
      }
      candidate = parent(candidate);
    }
    return document;
  }

  /** Whether the file has the field itself. */
  public boolean has(String path) {
    return places.containsKey(path);
  }

  void put(String path, Place place) {
    places.putIfAbsent(path, place);
  }

  private static String parent(String path) {
    // Keys in brackets may hold dots, so the bracket decides before the dot.
    int cut = path.endsWith("]") ? path.lastIndexOf('[') : path.lastIndexOf('.');
    return cut < 0 ? "" : path.substring(0, cut);
  }
}
