package io.leat.proxy.table;

import java.util.Comparator;

/** Names one Channel: its namespace and its name, both DNS labels. */
public record ChannelId(String namespace, String name) implements Comparable<ChannelId> {
  private static final Comparator<ChannelId> ORDER =
      Comparator.comparing(ChannelId::namespace).thenComparing(ChannelId::name);

  @Override
  public int compareTo(ChannelId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
