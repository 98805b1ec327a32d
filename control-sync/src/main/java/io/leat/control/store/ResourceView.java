package io.leat.control.store;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A read of every resource at one moment; valid only inside {@link ResourceStore#read}.
 *
 * <p>Lists are ordered by key, are copies, and cost what they contain.
 */
public interface ResourceView {

  /** One resource. */
  Optional<Resource> get(ResourceKey key);

  /** Every resource of a kind. */
  List<Resource> list(Kind kind);

  /** Every resource of a kind in a namespace. */
  List<Resource> list(Kind kind, String namespace);

  /** Resources of a kind in a namespace whose label has this value. */
  List<Resource> labelled(Kind kind, String namespace, String label, String value);

  /** Resources whose controlling owner has this uid. */
  List<Resource> ownedBy(String uid);

  /** Resources that name {@code target} in the sense of {@link References#of}. */
  List<Resource> referencing(ResourceKey target);

  /**
   * The first names, in order, of resources of a kind that name {@code target}; at most so many.
   */
  default List<String> namesReferencing(ResourceKey target, Kind kind, int most) {
    List<String> names = new ArrayList<>();
    for (Resource resource : referencing(target)) {
      if (names.size() < most && resource.kind() == kind) {
        names.add(resource.metadata().name());
      }
    }
    return names;
  }
}
