package io.leat.control.eventing.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.eventing.source.emit.LineEvents;
import io.leat.control.module.schema.ParamSchema;
import io.leat.control.runtime.process.Child;
import io.leat.control.runtime.process.Launch;
import io.leat.control.runtime.process.Output;
import io.leat.control.runtime.process.Spawner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines that a program prints to its stdout. It is started again when it ends, however it ends,
 * and killed with all that it started when the Source is stopped.
 */
final class ProcessFeed implements Feed {
  static final JsonNode SCHEMA =
      ParamSchema.of(
          """
          {'type':'object','required':['command','format'],'additionalProperties':false,
           'properties':{
            'command':{'type':'array','minItems':1,'items':{'type':'string','minLength':1}},
            'env':{'type':'object'},
            'dir':{'type':'string','minLength':1},
            'format':{'type':'string','enum':['text','json']},
            'type':{'type':'string','minLength':1}}}
          """);

  private static final Logger LOG = LoggerFactory.getLogger(ProcessFeed.class);

  /** A program that ran so long did not fail at once. */
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);

  private static final long GRACE_MILLIS = 300;
  private static final List<String> INHERITED =
      List.of("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "USER", "LOGNAME");

  private final FeedPlace place;
  private final LineEvents lines;
  private final Launch launch;

  ProcessFeed(FeedPlace place) {
    JsonNode arguments = place.arguments();
    this.place = place;
    this.lines = place.lines();
    List<String> command = new ArrayList<>();
    arguments.path("command").forEach(word -> command.add(word.asText()));
    Map<String, String> env = new LinkedHashMap<>();
    for (String name : INHERITED) {
      String value = System.getenv(name);
      if (value != null) {
        env.put(name, value);
      }
    }
    for (var variable : arguments.path("env").properties()) {
      env.put(variable.getKey(), variable.getValue().asText());
    }
    Path directory = Path.of(arguments.path("dir").asText("")).toAbsolutePath();
    this.launch = new Launch("source-" + place.key(), command, env, directory);
  }

  static List<String> problems(JsonNode arguments) {
    List<String> problems = new ArrayList<>();
    for (var variable : arguments.path("env").properties()) {
      String name = variable.getKey();
      if (!variable.getValue().isTextual()) {
        problems.add("env." + name + ": must be of type string");
      }
      if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
        problems.add("env: " + name + " is no name of a variable");
      }
    }
    if (arguments.has("dir") && arguments.path("dir").asText().indexOf('\0') >= 0) {
      problems.add("dir: is no path");
    }
    return problems;
  }

  @Override
  public void run(Outlet outlet) throws IOException, InterruptedException {
    if (!Files.isDirectory(launch.directory())) {
      throw new IOException(launch.directory() + " is no directory");
    }
    LineQueue output = new LineQueue();
    LastBytes errors = new LastBytes();
    Spawner spawner = place.shared().spawner();
    Child child = spawned(spawner.spawn(launch, output, errors));
    // Who left the process group would hold the output open.
    CompletableFuture<Integer> swept = child.exited().thenApply(_ -> spawner.sweep(launch.name()));
    try {
      carry(output, outlet);
      String last = errors.text();
      throw new IOException(
          "the program ended with code "
              + child.exited().get()
              + (last.isEmpty() ? "" : ", and said last: " + last));
    } catch (ExecutionException e) {
      throw new IOException("the program was lost", e);
    } finally {
      output.close();
      end(child, swept);
    }
  }

  private void carry(LineQueue output, Outlet outlet) throws InterruptedException {
    Instant longEnough = place.time().now().plus(LONG_ENOUGH);
    for (LineQueue.Line line = output.take(); !line.last(); line = output.take()) {
      Instant now = place.time().now();
      if (now.isAfter(longEnough)) {
        outlet.healthy();
      }
      if (!lines.isVoid(line.text())) {
        LineEvents.Line made = lines.event(line.text(), outlet.nextId(), now);
        if (made.odd() || line.cut()) {
          outlet.odd();
        }
        outlet.emit(made.event());
      }
    }
    if (place.time().now().isAfter(longEnough)) {
      outlet.healthy();
    }
  }

  private static Child spawned(CompletableFuture<Child> starting)
      throws IOException, InterruptedException {
    try {
      return starting.get();
    } catch (ExecutionException e) {
      throw new IOException("the program cannot be started: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      var _ = starting.thenAccept(Child::kill);
      throw e;
    }
  }

  /** Asks the program to end, and kills it when it does not; also on an interrupted thread. */
  private static void end(Child child, CompletableFuture<Integer> swept) {
    boolean interrupted = Thread.interrupted();
    try {
      if (!child.exited().isDone()) {
        child.terminate();
      }
      if (!within(GRACE_MILLIS, swept)) {
        child.kill();
        if (!within(GRACE_MILLIS, swept)) {
          LOG.warn("process {} was killed, and is not gone", child.pid());
        }
      }
    } catch (InterruptedException e) {
      interrupted = true;
      child.kill();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean within(long millis, CompletableFuture<Integer> swept)
      throws InterruptedException {
    try {
      var _ = swept.get(millis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      LOG.warn("what a program left behind may still run", e);
      return true;
    }
  }

  /** The end of what a program prints to stderr; written by its reading thread. */
  private static final class LastBytes implements Output {
    private static final int KEPT = 512;
    private byte[] kept = new byte[0];

    @Override
    public synchronized void accept(byte[] chunk, int length) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(kept);
      all.write(chunk, 0, length);
      byte[] bytes = all.toByteArray();
      int from = Math.max(0, bytes.length - KEPT);
      kept = Arrays.copyOfRange(bytes, from, bytes.length);
    }

    @Override
    public void end() {
      LOG.trace("stderr ended");
    }

    synchronized String text() {
      String text = new String(kept, StandardCharsets.UTF_8);
      return text.replaceAll("\\p{Cntrl}+", " ").strip();
    }
  }
}
