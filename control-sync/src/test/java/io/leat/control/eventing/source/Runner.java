package io.leat.control.eventing.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.eventing.source.emit.HttpEventSink;
import io.leat.control.eventing.source.emit.SourceTime;
import io.leat.control.module.schema.ParamSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;

/** A runner with a Channel of the test, and one Source by the name of {@code default/s}. */
final class Runner implements AutoCloseable {
  static final String KEY = "default/s";

  final SinkServer channel = new SinkServer();
  final HttpEventSink sink = new HttpEventSink(null, InstantSource.system());
  final SourceRunner runner;

  Runner(Path stateDir, SourceTime time) throws IOException {
    runner = new SourceRunner(stateDir, sink, time, new Random(1));
  }

  Runner(Path stateDir) throws IOException {
    this(stateDir, SourceTime.of(InstantSource.system()));
  }

  /** The arguments with single quotes for double ones. */
  SourceSpec spec(String provisioner, String arguments) {
    JsonNode json = ParamSchema.of(arguments);
    return new SourceSpec(
        provisioner, json, channel.uri(), "/apis/v1/namespaces/default/sources/s");
  }

  void want(String provisioner, String arguments) {
    runner.apply(Map.of(KEY, spec(provisioner, arguments)));
  }

  void wantNone() {
    runner.apply(Map.of());
  }

  SourceStatus status() {
    return runner.status(KEY).orElseThrow();
  }

  @Override
  public void close() {
    runner.close();
    sink.close();
    channel.close();
  }
}
