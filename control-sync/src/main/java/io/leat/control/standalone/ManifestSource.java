package io.leat.control.standalone;

import io.leat.control.ControlLoop;
import io.leat.control.manifest.FolderReader;
import io.leat.control.manifest.FolderWatch;
import io.leat.control.manifest.ManifestReader;
import io.leat.control.manifest.ManifestResource;
import io.leat.control.manifest.ManifestSet;
import io.leat.control.manifest.WorkingDirectory;
import io.leat.control.manifest.rules.Unhonoured;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Problem;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.proxy.telemetry.Ticker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the store equal to the manifests that the user named, as long as these are without a
 * problem; when the user named none, the store stays as an earlier life left it.
 *
 * <p>An edit that breaks a rule changes nothing: its problems are said once, and stand in a
 * condition of the resources of that file until the file is mended. Called by the watch's thread,
 * one call at a time; conditions are read by any thread.
 */
final class ManifestSource implements AutoCloseable {
  private static final String CONDITION = "ManifestApplied";

  private final boolean named;
  private final ControlLoop loop;
  private final FolderWatch watch;
  private final Consumer<String> messages;
  private final Map<ResourceKey, String> files = new HashMap<>();
  private volatile Map<ResourceKey, Condition> conditions = Map.of();

  ManifestSource(
      List<String> paths,
      ControlLoop loop,
      ScheduledExecutorService scheduler,
      Consumer<String> messages)
      throws IOException {
    this.named = !paths.isEmpty();
    this.loop = loop;
    this.messages = messages;
    this.watch = new FolderWatch(reader(paths), scheduler, Ticker.system(), this::changed);
  }

  private static FolderReader reader(List<String> paths) {
    return new FolderReader(ManifestReader.forUsers(Validation.standalone()), paths, System.in);
  }

  /**
   * Reads the manifests for the first time and hands them to the control loop.
   *
   * @throws StartFailure when there is any problem
   */
  void start() {
    if (!named) {
      return;
    }
    ManifestSet set = watch.start();
    if (!set.isValid()) {
      throw invalid(set.problems());
    }
    List<Problem> refused = apply(set);
    if (!refused.isEmpty()) {
      throw invalid(refused);
    }
  }

  private static StartFailure invalid(List<Problem> problems) {
    String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
    return new StartFailure(
        StartFailure.Cause.MANIFESTS,
        "the manifests have " + count,
        problems.stream().map(Problem::toString).toList());
  }

  private void changed(ManifestSet set) {
    List<Problem> problems = set.isValid() ? apply(set) : set.problems();
    problems.forEach(problem -> messages.accept(problem.toString()));
    if (!problems.isEmpty()) {
      messages.accept("the last good state stays");
      show(problems, Map.of());
    }
  }

  private List<Problem> apply(ManifestSet set) {
    List<Resource> resources = new ArrayList<>();
    Map<ResourceKey, List<String>> ignored = new HashMap<>();
    files.clear();
    for (ManifestResource manifest : set.manifests()) {
      resources.add(WorkingDirectory.resolve(manifest));
      ResourceKey key = manifest.resource().key();
      files.put(key, manifest.file());
      List<String> fields = new ArrayList<>(manifest.ignoredFields());
      fields.addAll(Unhonoured.paths(manifest.resource()));
      if (!fields.isEmpty()) {
        ignored.put(key, fields);
      }
    }
    List<Problem> refused = loop.applyManifests(resources).join();
    show(refused, ignored);
    return refused;
  }

  private void show(List<Problem> problems, Map<ResourceKey, List<String>> ignored) {
    Map<ResourceKey, Condition> next = new LinkedHashMap<>();
    ignored.forEach((key, fields) -> next.put(key, ignored(fields)));
    Map<String, String> byFile = new HashMap<>();
    problems.forEach(
        problem -> byFile.merge(problem.file(), problem.toString(), (a, b) -> a + "\n" + b));
    files.forEach((key, file) -> {
      String message = byFile.get(file);
      if (message != null) {
        next.put(key, Condition.isFalse(CONDITION, "InvalidManifest", message));
      }
    });
    conditions = Map.copyOf(next);
  }

  /** The resource with what is to be said of its manifest. */
  Resource shown(Resource resource) {
    Condition condition = conditions.get(resource.key());
    if (condition == null) {
      condition = unhonoured(resource);
    }
    return condition == null
        ? resource
        : resource.withStatus(resource.status().withCondition(condition));
  }

  /** What is to be said of a resource that came over the API. */
  private static @Nullable Condition unhonoured(Resource resource) {
    List<String> fields = Unhonoured.paths(resource);
    return fields.isEmpty() ? null : ignored(fields);
  }

  private static Condition ignored(List<String> fields) {
    return new Condition(
        CONDITION,
        Condition.State.TRUE,
        "IgnoredFields",
        "Ignored fields: " + String.join(", ", fields),
        null);
  }

  @Override
  public void close() throws IOException {
    watch.close();
  }
}
