package io.leat.proxy.table;

/** Names one Revision: its namespace and its name, both DNS labels. */
public record RevisionId(String namespace, String name) implements Comparable<RevisionId> {

  @Override
  public int compareTo(RevisionId other) {
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
