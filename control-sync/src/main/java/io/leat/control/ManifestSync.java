package io.leat.control;

import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Problem;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.store.Author;
import io.leat.control.store.Labels;
import io.leat.control.store.MirroredFields;
import io.leat.control.store.References;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.StoreOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the resources that came from files equal to what the files say now.
 *
 * <p>An annotation tells them from those that reconcilers or the API made, which stay as they are.
 */
final class ManifestSync {
  private static final String FILES = "files";
  private static final int ATTEMPTS = 20;

  /** Annotations that reconcilers and commands write, and files therefore do not take away. */
  private static final List<String> KEPT =
      List.of(Labels.ROUTING_STATE_MODIFIED, Labels.ROUTES, Labels.ROLLOUT);

  private static final Author AUTHOR = new Author(FILES, "the manifests say so");

  private final ResourceStore store;

  ManifestSync(ResourceStore store) {
    this.store = store;
  }

  /** Creates and updates first, deletes what vanished last; a refused resource stays as it is. */
  List<Problem> apply(List<Resource> manifests) {
    List<Problem> problems = new ArrayList<>();
    Map<ResourceKey, Resource> wanted = new LinkedHashMap<>();
    for (Resource manifest : manifests) {
      if (wanted.putIfAbsent(manifest.key(), manifest) != null) {
        problems.add(problem(manifest, "metadata.name", "must be unique (it is given twice)"));
      }
    }
    wanted.values().forEach(manifest -> put(manifest, problems));
    for (Kind kind : Kind.values()) {
      for (Resource stored : store.read(view -> view.list(kind))) {
        boolean fromFile = FILES.equals(stored.metadata().annotations().get(Labels.SOURCE));
        if (fromFile && !wanted.containsKey(stored.key())) {
          delete(stored, problems);
        }
      }
    }
    return problems;
  }

  private void put(Resource manifest, List<Problem> problems) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Resource stored = store.read(view -> view.get(manifest.key())).orElse(null);
      Problem refused = stored == null ? null : refusal(stored, manifest);
      if (refused != null) {
        problems.add(refused);
        return;
      }
      Resource merged = merge(stored, manifest);
      StoreOutcome outcome =
          stored == null ? store.create(merged, AUTHOR) : store.update(merged, AUTHOR);
      if (outcome.succeeded()) {
        return;
      }
    }
    problems.add(problem(manifest, "", "was changed by somebody else again and again"));
  }

  private void delete(Resource vanished, List<Problem> problems) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Resource stored = store.read(view -> view.get(vanished.key())).orElse(null);
      if (stored == null
          || !(store.delete(stored.key(), stored.metadata().resourceVersion())
              instanceof StoreOutcome.Conflict)) {
        return;
      }
    }
    problems.add(problem(vanished, "", "was changed by somebody else again and again"));
  }

  private static Resource merge(@Nullable Resource stored, Resource manifest) {
    Map<String, String> annotations = new TreeMap<>(manifest.metadata().annotations());
    annotations.put(Labels.SOURCE, FILES);
    if (stored == null) {
      return manifest.withMetadata(manifest.metadata().withAnnotations(annotations));
    }
    KEPT.forEach(key -> keep(stored.metadata().annotations().get(key), key, annotations));
    Map<String, String> labels = new TreeMap<>(manifest.metadata().labels());
    String state = stored.metadata().labels().get(Labels.ROUTING_STATE);
    keep(state, Labels.ROUTING_STATE, labels);
    Metadata metadata = stored.metadata().withLabels(labels).withAnnotations(annotations);
    Spec spec = MirroredFields.carry(stored.spec(), manifest.spec());
    return new Resource(manifest.kind(), metadata, spec, stored.status());
  }

  private static void keep(@Nullable String value, String key, Map<String, String> texts) {
    if (value != null) {
      texts.putIfAbsent(key, value);
    }
  }

  private static @Nullable Problem refusal(Resource stored, Resource manifest) {
    Metadata.OwnerReference owner = References.controllerReference(stored).orElse(null);
    if (owner != null) {
      return problem(
          manifest, "metadata.name", "is taken: " + owner.kind() + " " + owner.name() + " owns it");
    }
    if (manifest.kind() == Kind.REVISION && !stored.spec().equals(manifest.spec())) {
      return problem(manifest, "spec", "is immutable; make a Revision of another name");
    }
    if (manifest.kind().isEventing()) {
      return Validation.standalone().changeFindings(stored, manifest).stream()
          .findFirst()
          .map(finding -> problem(manifest, finding.path(), finding.message()))
          .orElse(null);
    }
    Spec.RevisionTemplate before = template(stored.spec());
    Spec.RevisionTemplate after = template(manifest.spec());
    if (before == null || after == null || before.equals(after) || after.metadata() == null) {
      return null;
    }
    String name = after.metadata().name();
    boolean sameName =
        name != null && before.metadata() != null && name.equals(before.metadata().name());
    return sameName
        ? problem(
            manifest,
            "spec.template.metadata.name",
            "must change when the template changes (still " + name + ")")
        : null;
  }

  private static Spec.@Nullable RevisionTemplate template(Spec spec) {
    return switch (spec) {
      case Spec.ServiceSpec service -> service.template();
      case Spec.ConfigurationSpec configuration -> configuration.template();
      default -> null;
    };
  }

  private static Problem problem(Resource resource, String path, String message) {
    return new Problem(resource.key().toString(), 0, 0, path, message);
  }
}
