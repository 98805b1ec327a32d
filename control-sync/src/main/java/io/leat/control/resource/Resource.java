package io.leat.control.resource;

/**
 * One resource: a value, compared by content.
 *
 * <p>Manifests and the API create them, the store keeps them, reconcilers read them and plan new
 * ones.
 */
public record Resource(Kind kind, Metadata metadata, Spec spec, Status status) {

  /** A resource as a user writes it: not stored yet, without status. */
  public static Resource of(Kind kind, Metadata metadata, Spec spec) {
    return new Resource(kind, metadata, spec, Status.EMPTY);
  }

  /** Its name in the store. */
  public ResourceKey key() {
    return new ResourceKey(kind, metadata.namespace(), metadata.name());
  }

  /** The same with another status. */
  public Resource withStatus(Status newStatus) {
    return new Resource(kind, metadata, spec, newStatus);
  }

  /** The same with other metadata. */
  public Resource withMetadata(Metadata newMetadata) {
    return new Resource(kind, newMetadata, spec, status);
  }
}
