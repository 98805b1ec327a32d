package io.leat.proxy.table;

/** Names one Channel: its namespace and its name, both DNS labels. */
public record ChannelId(String namespace, String name) {

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
