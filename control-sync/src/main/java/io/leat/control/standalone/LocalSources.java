package io.leat.control.standalone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.leat.control.eventing.source.SourceRunner;
import io.leat.control.eventing.source.SourceSpec;
import io.leat.control.eventing.source.SourceStatus;
import io.leat.control.eventing.source.emit.SourceTime;
import io.leat.control.reconcile.SourceRuns;
import io.leat.control.resource.Kind;
import io.leat.control.resource.ResourceKey;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The Sources that run in this process. The control thread says which; their runner, which has
 * threads and files, exists once there is a first one.
 */
final class LocalSources implements SourceRuns, AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path stateDir;
  private final ChannelSink sink;
  private final Map<String, SourceSpec> wanted = new TreeMap<>();
  private final List<Consumer<ResourceKey>> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable SourceRunner runner;

  LocalSources(Path stateDir, ChannelSink sink) {
    this.stateDir = stateDir;
    this.sink = sink;
  }

  @Override
  public void ensure(SourceRun run) {
    wanted.put(name(run.source()), spec(run));
    running().apply(wanted);
  }

  private SourceRunner running() {
    SourceRunner made = runner;
    if (made == null) {
      made =
          new SourceRunner(
              stateDir, sink, SourceTime.of(InstantSource.system()), new SecureRandom());
      made.onChange(key -> listeners.forEach(listener -> listener.accept(key(key))));
      runner = made;
    }
    return made;
  }

  private static SourceSpec spec(SourceRun run) {
    ResourceKey source = run.source();
    String path = "/apis/v1/namespaces/" + source.namespace() + "/sources/" + source.name();
    return new SourceSpec(run.provisioner(), arguments(run), URI.create(run.channelUrl()), path);
  }

  private static JsonNode arguments(SourceRun run) {
    try {
      return MAPPER.readTree(run.arguments());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("arguments of " + run.source() + ": no JSON", e);
    }
  }

  private static String name(ResourceKey source) {
    return source.namespace() + "/" + source.name();
  }

  private static ResourceKey key(String name) {
    int slash = name.indexOf('/');
    return new ResourceKey(Kind.SOURCE, name.substring(0, slash), name.substring(slash + 1));
  }

  @Override
  public void remove(ResourceKey source) {
    SourceRunner made = runner;
    if (wanted.remove(name(source)) != null && made != null) {
      made.apply(wanted);
    }
  }

  @Override
  public Optional<Observed> observe(ResourceKey source) {
    SourceRunner made = runner;
    return made == null
        ? Optional.empty()
        : made.status(name(source)).map(status -> new Observed(problem(status)));
  }

  private static String problem(SourceStatus status) {
    return switch (status.state()) {
      case STARTING, RUNNING, FINISHED -> "";
      case RETRYING, INVALID, STOPPED -> status.lastError();
    };
  }

  @Override
  public void onChange(Consumer<ResourceKey> listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    SourceRunner made = runner;
    if (made != null) {
      made.close();
    }
  }
}
