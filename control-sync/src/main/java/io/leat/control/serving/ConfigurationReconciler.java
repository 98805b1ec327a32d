package io.leat.control.serving;

import io.leat.control.manifest.rules.RouteAnnotations;
import io.leat.control.reconcile.Change;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.Reconciler;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import io.leat.control.serving.lifecycle.RevisionCollector;
import io.leat.control.serving.lifecycle.RevisionRetention;
import io.leat.control.store.Labels;
import io.leat.control.store.References;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.Mirror;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Stamps one Revision per generation of a Configuration, and follows which of them is ready. */
public final class ConfigurationReconciler implements Reconciler {

  private final RevisionRetention retention;

  /** Collects revisions as {@code config} says. */
  public ConfigurationReconciler(ServingConfig config) {
    this.retention = config.changes().retention();
  }

  @Override
  public Kind kind() {
    return Kind.CONFIGURATION;
  }

  @Override
  public Plan plan(Resource configuration, ResourceView view, Observations observations) {
    if (!(configuration.spec() instanceof Spec.ConfigurationSpec spec)
        || configuration.metadata().isDeleting()) {
      return Plan.EMPTY;
    }
    Metadata metadata = configuration.metadata();
    List<Resource> revisions =
        view
            .labelled(Kind.REVISION, metadata.namespace(), Labels.CONFIGURATION, metadata.name())
            .stream()
            .filter(revision -> References.controls(configuration, revision))
            .sorted(Comparator.comparingLong(ConfigurationReconciler::generation).reversed())
            .toList();
    Plan.Builder plan = new Plan.Builder();
    String name = revisionName(configuration, spec.template());
    Resource latest =
        revisions.stream()
            .filter(revision -> generation(revision) == metadata.generation())
            .findFirst()
            .orElse(null);
    Resource taken =
        view.get(new ResourceKey(Kind.REVISION, metadata.namespace(), name)).orElse(null);
    Condition ready;
    String created = configuration.status().latestCreatedRevisionName();
    if (latest != null) {
      created = latest.metadata().name();
      ready = following(latest);
    } else if (taken != null) {
      ready =
          Condition.isFalse(Conditions.READY, "RevisionFailed", collision(configuration, taken));
    } else {
      plan.create(stamp(configuration, spec.template(), name));
      created = name;
      ready = Condition.unknown(Conditions.READY, "Deploying", "");
    }
    String latestReady = latestReady(configuration, revisions);
    Set<String> needed = new HashSet<>();
    needed.add(Objects.requireNonNullElse(created, ""));
    needed.add(Objects.requireNonNullElse(latestReady, ""));
    collect(revisions, needed, view, observations.now(), plan);
    Status status =
        new Status(
            metadata.generation(),
            List.of(ready),
            null,
            null,
            created,
            latestReady,
            null,
            null,
            null,
            null);
    return plan.status(configuration, status).build();
  }

  /** Deletes revisions that nothing names any more; see {@link RevisionCollector}. */
  private void collect(
      List<Resource> revisions,
      Set<String> needed,
      ResourceView view,
      Instant now,
      Plan.Builder plan) {
    if (revisions.size() <= retention.minNonActive()) {
      return;
    }
    List<Resource> idle = new ArrayList<>();
    for (Resource revision : revisions) {
      boolean reserve =
          "reserve".equals(revision.metadata().labels().get(Labels.ROUTING_STATE))
              && view.namesReferencing(revision.key(), Kind.ROUTE, 1).isEmpty();
      if (reserve
          && !needed.contains(revision.metadata().name())
          && !revision.metadata().isDeleting()
          && !RevisionCollector.isProtected(revision)) {
        idle.add(revision);
      }
    }
    RevisionCollector.Outcome outcome = new RevisionCollector(retention, now).collect(idle);
    if (!outcome.gone().isEmpty()) {
      Set<String> mirrored = mirrored(revisions.getFirst().metadata().namespace(), view);
      outcome.gone().stream()
          .filter(revision -> !mirrored.contains(revision.metadata().name()))
          .forEach(plan::delete);
    }
    if (outcome.next() != null) {
      plan.add(new Change.Requeue(outcome.next()));
    }
  }

  /** Names of revisions that get a copy of some Route's requests. */
  private static Set<String> mirrored(String namespace, ResourceView view) {
    Set<String> names = new HashSet<>();
    for (Resource route : view.list(Kind.ROUTE, namespace)) {
      Mirror mirror = RouteAnnotations.policy(route.metadata()).mirror();
      if (mirror != null) {
        names.add(mirror.revision().name());
      }
    }
    return names;
  }

  /** The name of the revision that a template asks for at the Configuration's generation. */
  static String revisionName(Resource configuration, Spec.RevisionTemplate template) {
    String own = template.metadata() == null ? null : template.metadata().name();
    return own != null && !own.isEmpty()
        ? own
        : RevisionNames.generated(
            configuration.metadata().name(), configuration.metadata().generation());
  }

  /** The revision that a Configuration stamps for a template. */
  static Resource stamp(Resource configuration, Spec.RevisionTemplate template, String name) {
    Metadata owner = configuration.metadata();
    Map<String, String> labels = new TreeMap<>();
    Map<String, String> annotations = new TreeMap<>();
    if (template.metadata() != null) {
      if (template.metadata().labels() != null) {
        labels.putAll(template.metadata().labels());
      }
      if (template.metadata().annotations() != null) {
        annotations.putAll(template.metadata().annotations());
      }
    }
    labels.put(Labels.CONFIGURATION, owner.name());
    labels.put(Labels.CONFIGURATION_GENERATION, Long.toString(owner.generation()));
    labels.put("serving.knative.dev/configurationUID", owner.uid());
    labels.put(Labels.SERVICE, owner.labels().getOrDefault(Labels.SERVICE, ""));
    Metadata metadata =
        Metadata.of(owner.namespace(), name)
            .withLabels(labels)
            .withAnnotations(annotations)
            .withOwners(References.controlledBy(configuration));
    return Resource.of(Kind.REVISION, metadata, template.spec());
  }

  private static Condition following(Resource revision) {
    Condition ready = revision.status().condition(Conditions.READY).orElse(null);
    String name = revision.metadata().name();
    if (ready == null || ready.state() == Condition.State.UNKNOWN) {
      String reason = ready == null ? "Deploying" : ready.reason();
      String message = "Revision \"" + name + "\" is not ready yet.";
      return Condition.unknown(Conditions.READY, reason, message);
    }
    if (ready.state() == Condition.State.TRUE) {
      return Condition.isTrue(Conditions.READY);
    }
    return Condition.isFalse(
        Conditions.READY,
        "RevisionFailed",
        "Revision \"" + name + "\" failed with message: " + ready.message());
  }

  private static String collision(Resource configuration, Resource taken) {
    String name = taken.metadata().name();
    return References.controls(configuration, taken)
        ? "Revision \"" + name + "\" exists with another template; change the template's name."
        : "There is a Revision \"" + name + "\" that this Configuration does not own.";
  }

  /** Looks from the newest down to the one that is latest ready now, never below it. */
  private static @Nullable String latestReady(Resource configuration, List<Resource> newestFirst) {
    String now = configuration.status().latestReadyRevisionName();
    for (Resource revision : newestFirst) {
      if (revision.metadata().name().equals(now) || revision.status().isTrue(Conditions.READY)) {
        return revision.metadata().name();
      }
    }
    return null;
  }

  private static long generation(Resource revision) {
    String label = revision.metadata().labels().get(Labels.CONFIGURATION_GENERATION);
    try {
      return label == null ? 0 : Long.parseLong(label);
    } catch (NumberFormatException edited) {
      // Only we write the label; one that somebody edited belongs to no generation.
      return 0;
    }
  }
}
