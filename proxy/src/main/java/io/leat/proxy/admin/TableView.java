package io.leat.proxy.admin;

import io.leat.proxy.balance.LiveRevision;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.VirtualHost;
import java.util.function.Consumer;

/**
 * One version of the live table, for those who read all of it: metrics and debugging.
 *
 * @param hosts calls back with every virtual host
 * @param revisions calls back with every revision
 * @param channels calls back with every channel
 */
public record TableView(
    long version,
    long hash,
    int hostCount,
    Consumer<Consumer<VirtualHost>> hosts,
    Consumer<Consumer<LiveRevision>> revisions,
    Consumer<Consumer<EventChannel>> channels) {

  /** A table without channels. */
  public TableView(
      long version,
      long hash,
      int hostCount,
      Consumer<Consumer<VirtualHost>> hosts,
      Consumer<Consumer<LiveRevision>> revisions) {
    this(version, hash, hostCount, hosts, revisions, reader -> {});
  }
}
