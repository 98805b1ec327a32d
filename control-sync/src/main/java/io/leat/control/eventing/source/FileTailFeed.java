package io.leat.control.eventing.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.eventing.source.emit.LineEvents;
import io.leat.control.eventing.source.tail.TailPosition;
import io.leat.control.eventing.source.tail.TailedFile;
import io.leat.control.module.schema.ParamSchema;
import io.leat.control.module.tail.LineTail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lines that a file grows by, each at least once and under the same id. A file that was renamed
 * is read to its end before the one in its place; one that was cut, or written anew in place, is
 * read from its beginning.
 */
final class FileTailFeed implements Feed {
  static final JsonNode SCHEMA =
      ParamSchema.of(
          """
          {'type':'object','required':['path','from','format'],'additionalProperties':false,
           'properties':{
            'path':{'type':'string','minLength':1},
            'from':{'type':'string','enum':['start','end']},
            'format':{'type':'string','enum':['text','json']},
            'type':{'type':'string','minLength':1}}}
          """);

  private static final Duration POLL = Duration.ofMillis(250);
  private static final int MAX_LINES = 500;

  private final FeedPlace place;
  private final Path path;
  private final LineEvents lines;
  private boolean fromEnd;

  FileTailFeed(FeedPlace place) {
    this.place = place;
    this.path = Path.of(place.arguments().path("path").asText());
    this.lines = place.lines();
    this.fromEnd = place.arguments().path("from").asText().equals("end");
  }

  static List<String> problems(JsonNode arguments) {
    try {
      Path path = Path.of(arguments.path("path").asText());
      return path.isAbsolute() ? List.of() : List.of("path: must be absolute (got " + path + ")");
    } catch (InvalidPathException e) {
      return List.of("path: " + e.getMessage());
    }
  }

  @Override
  public void run(Outlet outlet) throws IOException, InterruptedException {
    TailedFile file = null;
    try {
      while (true) {
        file = file == null ? open() : file;
        boolean more = file != null && carry(file, outlet);
        outlet.healthy();
        if (!more && file != null && file.wasReplaced(path)) {
          // Who renamed it may hold it open for a last line.
          place.time().pause(POLL);
          while (carry(file, outlet)) {
            outlet.healthy();
          }
          file = finish(file, outlet);
        } else if (!more) {
          place.time().pause(POLL);
        }
      }
    } finally {
      if (file != null) {
        file.close();
      }
    }
  }

  /** The file, at the place where it goes on; null while there is none. */
  private @Nullable TailedFile open() throws IOException {
    JsonNode state = place.state().read();
    boolean known = state.path("path").asText().equals(path.toString());
    long now = place.time().now().toEpochMilli();
    TailedFile file;
    if (known) {
      file = TailedFile.resume(path, TailPosition.of(state), now);
    } else {
      file = Files.exists(path) ? TailedFile.begin(path, fromEnd, now) : null;
    }
    // What appears later is new from its first line on.
    fromEnd = false;
    if (file != null) {
      save(file);
    }
    return file;
  }

  /** Emits what there is to read at once; whether there was anything. */
  private boolean carry(TailedFile file, Outlet outlet) throws IOException, InterruptedException {
    if (file.lostItsPlace()) {
      file.beginAnew(place.time().now().toEpochMilli());
      save(file);
    }
    LineTail.Batch batch = file.read(MAX_LINES);
    for (int i = 0; i < batch.lines().size(); i++) {
      // Found before the event leaves: an interrupt must not come between it and its position.
      TailPosition done = file.at(batch.ends().get(i));
      emit(batch.lines().get(i), file.id(), outlet);
      file.advance(done);
      save(file);
    }
    return !batch.lines().isEmpty();
  }

  /** Emits the last line, which has no end, and lets go of the file. */
  private @Nullable TailedFile finish(TailedFile file, Outlet outlet)
      throws IOException, InterruptedException {
    byte[] rest = file.rest();
    if (rest.length > 0) {
      emit(rest, file.id(), outlet);
    }
    TailedFile next = TailedFile.begin(path, false, file.laterEpoch(place.time().now()));
    try {
      save(next);
    } catch (IOException e) {
      next.close();
      throw e;
    }
    file.close();
    return next;
  }

  private void emit(byte[] line, String id, Outlet outlet) throws InterruptedException {
    if (lines.isVoid(line)) {
      return;
    }
    LineEvents.Line made = lines.event(line, id, place.time().now());
    if (made.odd()) {
      outlet.odd();
    }
    outlet.emit(made.event());
  }

  private void save(TailedFile file) throws IOException {
    place.state().write(file.position().json().put("path", path.toString()));
  }
}
