package io.leat.control.compile;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.proxy.table.VirtualHost;
import java.util.List;

/** Says which hosts the resources of one kind bring into the table; a pure function. */
public interface RouteContributor {

  /** The kind that it reads. */
  Kind kind();

  /** The hosts that a resource claims, at most one of each name. */
  List<VirtualHost> hosts(Resource resource);
}
