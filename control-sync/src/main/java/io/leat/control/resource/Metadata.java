package io.leat.control.resource;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What every resource carries beside spec and status.
 *
 * <p>Users write name, namespace, labels and annotations; the store writes the rest.
 *
 * @param uid empty until stored
 * @param resourceVersion grows with every write of the store; 0 until stored
 * @param generation grows with every change of the spec; 0 until stored
 */
public record Metadata(
    String namespace,
    String name,
    Map<String, String> labels,
    Map<String, String> annotations,
    List<OwnerReference> ownerReferences,
    String uid,
    long resourceVersion,
    long generation,
    @Nullable Instant creationTimestamp) {

  /** Who owns a resource: it is deleted with its controlling owner. */
  public record OwnerReference(
      String apiVersion, String kind, String name, String uid, boolean controller) {}

  /** Copies the collections. */
  public Metadata {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
    ownerReferences = List.copyOf(ownerReferences);
  }

  /** What a manifest with only a name and namespace has. */
  public static Metadata of(String namespace, String name) {
    return new Metadata(namespace, name, Map.of(), Map.of(), List.of(), "", 0, 0, null);
  }

  /** The same with other labels. */
  public Metadata withLabels(Map<String, String> newLabels) {
    return new Metadata(
        namespace,
        name,
        newLabels,
        annotations,
        ownerReferences,
        uid,
        resourceVersion,
        generation,
        creationTimestamp);
  }

  /** The same with other annotations. */
  public Metadata withAnnotations(Map<String, String> newAnnotations) {
    return new Metadata(
        namespace,
        name,
        labels,
        newAnnotations,
        ownerReferences,
        uid,
        resourceVersion,
        generation,
        creationTimestamp);
  }

  /** The same with other owners. */
  public Metadata withOwners(List<OwnerReference> owners) {
    return new Metadata(
        namespace,
        name,
        labels,
        annotations,
        owners,
        uid,
        resourceVersion,
        generation,
        creationTimestamp);
  }

  /** The same with what the store assigns. */
  public Metadata stored(
      String newUid, long newResourceVersion, long newGeneration, Instant created) {
    return new Metadata(
        namespace,
        name,
        labels,
        annotations,
        ownerReferences,
        newUid,
        newResourceVersion,
        newGeneration,
        created);
  }
}
