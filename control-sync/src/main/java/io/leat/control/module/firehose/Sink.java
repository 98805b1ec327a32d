package io.leat.control.module.firehose;

import java.io.IOException;
import java.util.List;

/** Where a firehose carries lines to; replicas use one at the same time. */
interface Sink {

  /** Takes lines, all of them; when it throws, it may have taken some. */
  void deliver(List<byte[]> lines) throws IOException, InterruptedException;
}
