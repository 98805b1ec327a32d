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
 * <p>Users write name, namespace, labels, annotations and finalizers; the store writes the rest.
 *
 * @param finalizers who must agree before the resource goes; while there is one it is not removed
 * @param uid empty until stored
 * @param resourceVersion grows with every write of the store; 0 until stored
 * @param generation grows with every change of the spec; 0 until stored
 * @param deletionTimestamp when the deletion was asked for; null while it was not
 * @param managedFields which field is whose, as the compact JSON array of the Kubernetes API; empty
 *     when nobody keeps account
 */
public record Metadata(
    String namespace,
    String name,
    Map<String, String> labels,
    Map<String, String> annotations,
    List<OwnerReference> ownerReferences,
    List<String> finalizers,
    String uid,
    long resourceVersion,
    long generation,
    @Nullable Instant creationTimestamp,
    @Nullable Instant deletionTimestamp,
    String managedFields) {

  /** Who owns a resource: it is deleted with its controlling owner. */
  public record OwnerReference(
      String apiVersion, String kind, String name, String uid, boolean controller) {}

  /** Copies the collections. */
  public Metadata {
    labels = sorted(labels);
    annotations = sorted(annotations);
    ownerReferences = List.copyOf(ownerReferences);
    finalizers = List.copyOf(finalizers);
  }

  /** Most maps are empty, and a store holds very many. */
  private static Map<String, String> sorted(Map<String, String> map) {
    return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(map));
  }

  /** What a manifest with only a name and namespace has. */
  public static Metadata of(String namespace, String name) {
    return new Metadata(
        namespace, name, Map.of(), Map.of(), List.of(), List.of(), "", 0, 0, null, null, "");
  }

  /** Whether the resource only waits for its finalizers. */
  public boolean isDeleting() {
    return deletionTimestamp != null;
  }

  /** The same with other labels. */
  public Metadata withLabels(Map<String, String> newLabels) {
    return user(newLabels, annotations, ownerReferences, finalizers);
  }

  /** The same with other annotations. */
  public Metadata withAnnotations(Map<String, String> newAnnotations) {
    return user(labels, newAnnotations, ownerReferences, finalizers);
  }

  /** The same with other owners. */
  public Metadata withOwners(List<OwnerReference> owners) {
    return user(labels, annotations, owners, finalizers);
  }

  /** The same with other finalizers. */
  public Metadata withFinalizers(List<String> newFinalizers) {
    return user(labels, annotations, ownerReferences, newFinalizers);
  }

  /** The same with another account of fields. */
  public Metadata withManagedFields(String json) {
    return new Metadata(
        namespace,
        name,
        labels,
        annotations,
        ownerReferences,
        finalizers,
        uid,
        resourceVersion,
        generation,
        creationTimestamp,
        deletionTimestamp,
        json);
  }

  /** The same with what the store assigns. */
  public Metadata stored(
      String newUid, long newResourceVersion, long newGeneration, @Nullable Instant created) {
    return new Metadata(
        namespace,
        name,
        labels,
        annotations,
        ownerReferences,
        finalizers,
        newUid,
        newResourceVersion,
        newGeneration,
        created,
        deletionTimestamp,
        managedFields);
  }

  /** The same, its deletion asked for at a time, or not at all. */
  public Metadata deletedAt(@Nullable Instant time) {
    return new Metadata(
        namespace,
        name,
        labels,
        annotations,
        ownerReferences,
        finalizers,
        uid,
        resourceVersion,
        generation,
        creationTimestamp,
        time,
        managedFields);
  }

  private Metadata user(
      Map<String, String> newLabels,
      Map<String, String> newAnnotations,
      List<OwnerReference> owners,
      List<String> newFinalizers) {
    return new Metadata(
        namespace,
        name,
        newLabels,
        newAnnotations,
        owners,
        newFinalizers,
        uid,
        resourceVersion,
        generation,
        creationTimestamp,
        deletionTimestamp,
        managedFields);
  }
}
