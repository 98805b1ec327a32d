package io.leat.control.plan;

import io.leat.control.compile.TableCompiler;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.Mirror;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.VirtualHost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the part of the live table that a resource has brought about: the hosts of it and of what
 * it controls, or else the rules that send requests to its revisions.
 *
 * <p>Confined to the control thread.
 */
public final class TableEntries {
  private final ResourceView view;
  private final TableCompiler compiler;
  private final Map<String, VirtualHost> found = new LinkedHashMap<>();

  private TableEntries(ResourceView view, TableCompiler compiler) {
    this.view = view;
    this.compiler = compiler;
  }

  /** The hosts, each with the rules that are meant; empty when there is none. */
  public static List<VirtualHost> of(ResourceKey key, ResourceView view, TableCompiler compiler) {
    TableEntries entries = new TableEntries(view, compiler);
    Set<ResourceKey> family = entries.family(key);
    family.forEach(member -> compiler.hosts(member).forEach(entries::add));
    if (entries.found.isEmpty()) {
      for (ResourceKey member : family) {
        for (Resource naming : view.referencing(member)) {
          compiler.hosts(naming.key()).forEach(host -> entries.addNaming(host, family));
        }
      }
    }
    return List.copyOf(entries.found.values());
  }

  /** The resource and all that it controls. */
  private Set<ResourceKey> family(ResourceKey key) {
    Set<ResourceKey> family = new LinkedHashSet<>();
    List<ResourceKey> open = new ArrayList<>(List.of(key));
    while (!open.isEmpty()) {
      ResourceKey next = open.removeLast();
      if (family.add(next)) {
        view.get(next)
            .ifPresent(resource ->
                view.ownedBy(resource.metadata().uid()).forEach(child -> open.add(child.key())));
      }
    }
    return family;
  }

  private void add(VirtualHost host) {
    // A host that an older resource holds is not in the table as this one wants it.
    if (compiler.host(host.host()).filter(host::equals).isPresent()) {
      found.put(host.host(), host);
    }
  }

  private void addNaming(VirtualHost host, Set<ResourceKey> family) {
    if (compiler.host(host.host()).filter(host::equals).isEmpty()) {
      return;
    }
    List<RouteEntry> naming =
        host.entries().stream().filter(entry -> names(entry, family)).toList();
    if (!naming.isEmpty()) {
      found.put(host.host(), new VirtualHost(host.host(), host.visibility(), naming));
    }
  }

  private static boolean names(RouteEntry entry, Set<ResourceKey> family) {
    Mirror mirror = entry.policy().mirror();
    if (mirror != null && family.contains(key(mirror.revision()))) {
      return true;
    }
    return entry.action() instanceof RouteAction.Split split
        && split.split().targets().stream()
            .anyMatch(target -> family.contains(key(target.revision())));
  }

  private static ResourceKey key(RevisionId id) {
    return new ResourceKey(Kind.REVISION, id.namespace(), id.name());
  }
}
