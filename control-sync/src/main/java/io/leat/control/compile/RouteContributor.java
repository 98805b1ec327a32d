package io.leat.control.compile;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.VirtualHost;
import java.util.List;
import java.util.Optional;

/**
 * Says which hosts and channels the resources of one kind bring into the table; a pure function.
 */
public interface RouteContributor {

  /** The kind that it reads. */
  Kind kind();

  /** The hosts that a resource claims by itself, at most one of each name. */
  default List<VirtualHost> hosts(Resource resource) {
    return List.of();
  }

  /**
   * The hosts that a resource claims, at most one of each name; read again when the resource
   * changes, or one that it names.
   */
  default List<VirtualHost> hosts(Resource resource, ResourceView view) {
    return hosts(resource);
  }

  /** The channel that a resource brings into the table, if any; read again as its hosts are. */
  default Optional<EventChannel> channel(Resource resource, ResourceView view) {
    return Optional.empty();
  }
}
