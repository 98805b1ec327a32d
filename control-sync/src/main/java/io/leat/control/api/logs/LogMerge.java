package io.leat.control.api.logs;

import io.leat.proxy.table.RevisionId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The logs of several revisions as one, by time. Used by one thread. */
final class LogMerge implements AutoCloseable {
  private final Function<RevisionId, Path> files;
  private final Map<RevisionId, LogReader> readers = new LinkedHashMap<>();

  LogMerge(Function<RevisionId, Path> files) {
    this.files = files;
  }

  /** From now on these; new ones are read from their beginning. */
  void update(List<RevisionId> revisions) throws IOException {
    for (RevisionId revision : revisions) {
      if (!readers.containsKey(revision)) {
        readers.put(revision, new LogReader(revision, files.apply(revision)));
      }
    }
    for (RevisionId known : List.copyOf(readers.keySet())) {
      LogReader reader = readers.get(known);
      // What has gone is read to its end.
      if (reader != null && !revisions.contains(known) && reader.peek() == null) {
        readers.remove(known);
        reader.close();
      }
    }
  }

  /** The oldest line that was not given yet; null when there is none now. */
  @Nullable LogLine next() throws IOException {
    LogReader from = null;
    LogLine oldest = null;
    for (LogReader reader : readers.values()) {
      LogLine line = reader.peek();
      if (line != null && (oldest == null || line.time().isBefore(oldest.time()))) {
        oldest = line;
        from = reader;
      }
    }
    if (from != null) {
      from.advance();
    }
    return oldest;
  }

  /** How many instances the lines since a time are from: 0, 1, or 2 for more than one. */
  int instances(Instant since) throws IOException {
    Set<String> seen = new HashSet<>();
    LogLine line = next();
    while (line != null && seen.size() < 2) {
      if (!line.time().isBefore(since) && !line.instance().isEmpty()) {
        seen.add(line.instance());
      }
      line = next();
    }
    return seen.size();
  }

  @Override
  public void close() throws IOException {
    for (LogReader reader : readers.values()) {
      reader.close();
    }
  }
}
