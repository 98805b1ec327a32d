package io.leat.control.module.firehose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.leat.control.module.LogBook;
import io.leat.control.module.Module;
import io.leat.control.module.ModuleDescriptor;
import io.leat.control.module.ModuleDescriptor.Action;
import io.leat.control.module.ModuleFailure;
import io.leat.control.module.ModuleResource;
import io.leat.control.module.ResourceState;
import io.leat.control.module.schema.ParamSchema;
import io.leat.proxy.fanout.ChannelEngine;
import io.leat.proxy.table.ChannelId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs consumers that carry lines from a source to a sink, at least once each.
 *
 * <p>Used by any thread; each consumer has one of its own, and one resource is synced by one thread
 * at a time.
 */
public final class FirehoseModule implements Module, AutoCloseable {
  /** The kind of its resources. */
  public static final String KIND = "firehose";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** A batch that is on its way to a slow sink may still arrive. */
  private static final Duration STOP_GRACE = Duration.ofSeconds(15);

  private static final Duration END_GRACE = Duration.ofSeconds(2);
  private static final String STOP = "stop";
  private static final String CHECK = "check";
  private static final String REWIND = "rewind";
  private static final String START = "start";
  private static final String FORGET = "forget";

  private final Path positions;
  private final InstantSource clock;
  private final LogBook logs;
  private final Supplier<Optional<ChannelEngine>> channels;
  private final Map<String, Consumer> consumers = new ConcurrentHashMap<>();
  private @Nullable HttpClient client;

  /**
   * A module without consumers.
   *
   * @param positions folder of how far each of them came
   * @param channels the Channels of this process, while there are any
   */
  public FirehoseModule(
      Path positions,
      InstantSource clock,
      LogBook logs,
      Supplier<Optional<ChannelEngine>> channels) {
    this.positions = positions;
    this.clock = clock;
    this.logs = logs;
    this.channels = channels;
  }

  @Override
  public ModuleDescriptor descriptor() {
    JsonNode none = ParamSchema.of("{'type':'object'}");
    JsonNode scale =
        ParamSchema.of(
            "{'type':'object','required':['replicas'],'properties':"
                + "{'replicas':{'type':'integer','minimum':1,'maximum':16}}}");
    JsonNode reset =
        ParamSchema.of(
            "{'type':'object','properties':"
                + "{'to':{'type':'string','enum':['earliest','latest']}}}");
    JsonNode configs = FirehoseConfig.SCHEMA;
    return ModuleDescriptor.of(
        KIND,
        true,
        true,
        List.of(
            new Action("create", "Begins to carry lines.", configs, false),
            new Action("update", "Goes on with other configs.", configs, false),
            new Action("increase_log_level", "Logs one level less.", none, false),
            new Action("scale", "Delivers with another number of replicas.", scale, false),
            new Action("stop", "Ends after the batch at hand.", none, false),
            new Action("start", "Goes on where it ended.", none, false),
            new Action("reset", "Goes on at the earliest or latest line.", reset, false),
            new Action("delete", "Ends, and forgets how far it came.", none, false)));
  }

  @Override
  public Planned plan(Expanded current, Asked action) throws ModuleFailure {
    FirehoseConfig before = new FirehoseConfig(current.resource().configs());
    FirehoseConfig after =
        switch (action.action()) {
          case "create", "update" -> new FirehoseConfig(action.params());
          case "increase_log_level" -> before.with("log_level", louder(before));
          case "scale" -> before.with("replicas", action.params().path("replicas"));
          case "stop" -> before.with("stopped", BooleanNode.TRUE);
          case "start" -> started(before);
          default -> before;
        };
    after.check();
    List<String> steps =
        switch (action.action()) {
          case "create", "start" -> List.of(CHECK, START);
          case "stop" -> List.of(STOP);
          case "reset" -> List.of(STOP, CHECK, REWIND, START);
          case "delete" -> List.of(STOP, FORGET);
          default -> List.of(STOP, CHECK, START);
        };
    ObjectNode data = data(steps, action.params().path("to").asText("earliest"));
    if (!action.action().equals("reset")) {
      data.remove("to");
    }
    JsonNode output =
        action.action().equals("create") ? JSON.objectNode() : current.resource().state().output();
    return new Planned(after.json(), ResourceState.pending(output, data));
  }

  private static JsonNode louder(FirehoseConfig config) throws ModuleFailure {
    int next = FirehoseConfig.LEVELS.indexOf(config.logLevel()) + 1;
    if (next >= FirehoseConfig.LEVELS.size()) {
      throw ModuleFailure.badRequest("log_level is " + config.logLevel() + ", the highest");
    }
    return TextNode.valueOf(FirehoseConfig.LEVELS.get(next));
  }

  private FirehoseConfig started(FirehoseConfig config) {
    Instant stop = config.stopTime();
    boolean over = stop != null && !clock.instant().isBefore(stop);
    FirehoseConfig open = over ? config.without("stop_time") : config;
    return open.with("stopped", BooleanNode.FALSE);
  }

  private static ObjectNode data(List<String> steps, String to) {
    ObjectNode data = JSON.objectNode().put("to", to);
    ArrayNode pending = data.putArray("pending");
    steps.forEach(pending::add);
    return data;
  }

  @Override
  public Synced sync(Expanded current) throws Exception {
    ModuleResource resource = current.resource();
    FirehoseConfig config = new FirehoseConfig(resource.configs());
    JsonNode data = resource.state().moduleData();
    if (data == null) {
      return again(resource, config);
    }
    List<String> steps = new ArrayList<>();
    data.path("pending").forEach(step -> steps.add(step.asText()));
    String step = steps.isEmpty() ? "" : steps.removeFirst();
    String to = data.path("to").asText("");
    switch (step) {
      case STOP -> stop(resource);
      case CHECK -> check(config);
      case REWIND -> rewind(resource, config, to);
      case START -> start(resource, config);
      case FORGET -> forget(resource);
      default -> throw ModuleFailure.badRequest("no step '" + step + "' is known");
    }
    List<String> said = config.logs("DEBUG") ? List.of("DEBUG step " + step) : List.of();
    if (!steps.isEmpty()) {
      ObjectNode rest = data(steps, to);
      if (to.isEmpty()) {
        rest.remove("to");
      }
      return new Synced(ResourceState.pending(resource.state().output(), rest), said);
    }
    return new Synced(
        resource.isDeleting() ? ResourceState.deleted() : completed(resource, config), said);
  }

  private ResourceState completed(ModuleResource resource, FirehoseConfig config) {
    boolean runs = config.runs(clock.instant());
    return ResourceState.completed(output(resource)).at(runs ? config.stopTime() : null);
  }

  /** It was complete: it lives again with this process, or its time is over. */
  private Synced again(ModuleResource resource, FirehoseConfig config) throws Exception {
    if (config.runs(clock.instant())) {
      start(resource, config);
    } else {
      stop(resource);
    }
    return Synced.silent(completed(resource, config));
  }

  private Position position(ModuleResource resource) {
    return new Position(positions.resolve(resource.uid() + ".position"));
  }

  private void forget(ModuleResource resource) throws IOException {
    position(resource).delete();
    channels.get().ifPresent(engine -> engine.followers().unfollow(place(resource), null));
  }

  /** Under which name the Channels keep how far it came. */
  private static String place(ModuleResource resource) {
    return KIND + "-" + resource.uid();
  }

  private void stop(ModuleResource resource) throws InterruptedException {
    Consumer running = consumers.get(resource.uid());
    if (running != null) {
      running.stop(STOP_GRACE);
      consumers.remove(resource.uid(), running);
    }
  }

  private static void check(FirehoseConfig config) throws ModuleFailure {
    config.check();
    if (config.json().at("/sink/type").asText().equals("file")) {
      Path file = Path.of(config.json().at("/sink/path").asText());
      Path parent = file.getParent();
      if (parent == null || !Files.isDirectory(parent) || Files.isDirectory(file)) {
        throw ModuleFailure.badRequest("sink.path: no file can be written at '" + file + "'");
      }
    }
  }

  private void rewind(ModuleResource resource, FirehoseConfig config, String to)
      throws IOException, InterruptedException {
    Position position = position(resource);
    if (to.equals("latest") && config.json().has("source")) {
      position.write(source(resource, config).end());
    } else {
      position.delete();
    }
  }

  private void start(ModuleResource resource, FirehoseConfig config) throws Exception {
    Consumer running = consumers.get(resource.uid());
    if (running != null && running.config().equals(config)) {
      return;
    }
    stop(resource);
    ChannelId channel = config.ofChannel() ? channel(resource, config) : null;
    channels.get().ifPresent(engine -> engine.followers().unfollow(place(resource), channel));
    if (config.runs(clock.instant())) {
      Consumer.Ports ports =
          new Consumer.Ports(source(resource, config), sink(config), position(resource), logs);
      Consumer fresh = new Consumer(resource.urn(), config, ports);
      consumers.put(resource.uid(), fresh);
      fresh.start();
    }
  }

  /** Without another word a Channel is that of the namespace with the name of the project. */
  private static ChannelId channel(ModuleResource resource, FirehoseConfig config) {
    return config.channel(resource.urn().project());
  }

  private Source source(ModuleResource resource, FirehoseConfig config) {
    if (config.ofChannel()) {
      return new ChannelSource(channels, channel(resource, config), place(resource));
    }
    JsonNode source = config.json().path("source");
    return source.path("type").asText().equals("file")
        ? new FileSource(Path.of(source.path("path").asText()))
        : new HttpSource(client(), URI.create(source.path("url").asText()));
  }

  private Sink sink(FirehoseConfig config) {
    JsonNode sink = config.json().path("sink");
    return sink.path("type").asText().equals("file")
        ? new FileSink(Path.of(sink.path("path").asText()))
        : new HttpSink(client(), URI.create(sink.path("url").asText()));
  }

  private synchronized HttpClient client() {
    HttpClient known = client;
    if (known == null) {
      known = HttpClient.newBuilder().connectTimeout(CONNECT).build();
      client = known;
    }
    return known;
  }

  @Override
  public JsonNode output(ModuleResource resource) {
    FirehoseConfig config = new FirehoseConfig(resource.configs());
    Consumer running = consumers.get(resource.uid());
    ObjectNode output = JSON.objectNode();
    output.put("app", "entropy-firehose-" + resource.urn().project() + "-" + resource.urn().name());
    output.put("running", running != null);
    output.put("replicas", running == null ? 0 : config.replicas());
    Consumer.Progress progress =
        running == null ? new Consumer.Progress(0, 0, 0, "") : running.progress();
    output.put("delivered", progress.delivered()).put("batches", progress.batches());
    output.put("failures", progress.failures()).put("last_error", progress.lastError());
    return output;
  }

  /** Ends every consumer. */
  @Override
  public void close() {
    try {
      consumers.values().forEach(Consumer::askToStop);
      for (Consumer consumer : consumers.values()) {
        consumer.stop(END_GRACE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      HttpClient last = client;
      if (last != null) {
        last.shutdownNow();
      }
    }
  }
}
