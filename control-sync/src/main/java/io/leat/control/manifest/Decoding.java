package io.leat.control.manifest;

import io.leat.control.manifest.rules.Finding;
import io.leat.control.resource.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What is found while one resource is decoded; confined to the thread that reads. */
final class Decoding {
  /** Beyond this many problems, only structure is reported, so that work stays linear. */
  private static final int CROWD = 200;

  private final String file;
  private final Positions positions;
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> ignored = new ArrayList<>();
  private final List<String> unknown = new ArrayList<>();

  /** Fields whose value is not what the user meant; rules about them would only repeat that. */
  private final Set<String> doubtful = new HashSet<>();

  private final boolean tolerant;

  /**
   * Starts with nothing found.
   *
   * @param tolerant whether unknown fields are dropped rather than a problem
   */
  Decoding(String file, Place document, boolean tolerant) {
    this.file = file;
    this.tolerant = tolerant;
    this.positions = new Positions(document);
  }

  void position(String path, Place place) {
    positions.put(path, place);
  }

  /** A field that no record has, or one that is given twice. */
  void unknown(Place place, String path, String message, boolean meantOther) {
    if (tolerant) {
      if (unknown.size() < CROWD) {
        unknown.add(path + ": " + message);
      }
    } else if (meantOther) {
      doubt(place, path, message);
    } else {
      problem(place, path, message);
    }
  }

  List<String> unknownFields() {
    return unknown;
  }

  void ignore(String path) {
    ignored.add(path);
  }

  /** A problem that leaves the other fields meaningful. */
  void problem(Place place, String path, String message) {
    problems.add(new Problem(file, place.line(), place.column(), path, message));
  }

  /** A problem that leaves the field without the value that the user meant. */
  void doubt(Place place, String path, String message) {
    problem(place, path, message);
    doubtful.add(path);
  }

  /** A broken rule, unless it follows from a problem that was found before. */
  void finding(Finding finding) {
    if (isCrowded()) {
      return;
    }
    for (String path : doubtful) {
      if (within(path, finding.path()) || within(finding.path(), path)) {
        return;
      }
    }
    Place place = positions.of(finding.path());
    problems.add(finding.at(file, place.line(), place.column()));
  }

  /** Whether there are so many problems that more advice helps nobody. */
  boolean isCrowded() {
    return problems.size() >= CROWD;
  }

  Positions positions() {
    return positions;
  }

  List<Problem> problems() {
    return problems;
  }

  List<String> ignored() {
    return ignored;
  }

  private static boolean within(String inner, String outer) {
    if (!inner.startsWith(outer)) {
      return false;
    }
    return inner.length() == outer.length() || ".[".indexOf(inner.charAt(outer.length())) >= 0;
  }
}
