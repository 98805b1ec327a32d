package io.leat.control.resource;

/** Names one resource. */
public record ResourceKey(Kind kind, String namespace, String name)
    implements Comparable<ResourceKey> {

  @Override
  public int compareTo(ResourceKey other) {
    // Written out: with very many resources, maps in this order compare a dozen times a look-up.
    int order = kind.compareTo(other.kind);
    order = order != 0 ? order : namespace.compareTo(other.namespace);
    return order != 0 ? order : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return kind.kind() + " " + namespace + "/" + name;
  }
}
