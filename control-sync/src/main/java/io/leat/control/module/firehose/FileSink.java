package io.leat.control.module.firehose;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A file that lines are appended to, a batch with each write. */
record FileSink(Path file) implements Sink {

  @Override
  public void deliver(List<byte[]> lines) throws IOException {
    ByteArrayOutputStream batch = new ByteArrayOutputStream();
    for (byte[] line : lines) {
      batch.write(line);
      batch.write('\n');
    }
    Files.write(file, batch.toByteArray(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
