package io.leat.control.module.firehose;

import io.leat.control.module.tail.LineTail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The lines that a file grows by; a position is an offset in bytes. */
record FileSource(Path file) implements Source {

  @Override
  public Batch next(String position) throws IOException {
    long offset = position.isEmpty() ? 0 : Long.parseLong(position);
    LineTail.Batch read = LineTail.read(file, offset, MAX_LINES);
    return new Batch(read.lines(), Long.toString(read.offset()));
  }

  @Override
  public String end() throws IOException {
    return Long.toString(Files.exists(file) ? Files.size(file) : 0);
  }
}
