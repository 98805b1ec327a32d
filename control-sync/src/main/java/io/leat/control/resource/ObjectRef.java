package io.leat.control.resource;

import org.jspecify.annotations.Nullable;

/** Names an object in a resource, as users write it; rules say which parts a place needs. */
public record ObjectRef(
    @Nullable String apiVersion,
    @Nullable String kind,
    @Nullable String name,
    @Nullable String namespace) {

  /** A reference to a resource of its reader's namespace. */
  public static ObjectRef to(Kind kind, String name) {
    return new ObjectRef(kind.apiVersion(), kind.kind(), name, null);
  }
}
