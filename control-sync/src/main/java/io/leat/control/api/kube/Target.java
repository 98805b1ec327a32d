package io.leat.control.api.kube;

import io.leat.control.resource.Kind;
import io.leat.control.resource.ResourceKey;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the path of a request names.
 *
 * @param namespace null for all of them; empty for kinds without one
 * @param name null for a collection
 * @param status whether the status subresource is meant
 */
record Target(Kind kind, @Nullable String namespace, @Nullable String name, boolean status) {

  /** {@code /api/VERSION} or {@code /apis/GROUP/VERSION}. */
  static String groupPath(Kind kind) {
    return kind.group().isEmpty()
        ? "/api/" + kind.version()
        : "/apis/" + kind.group() + "/" + kind.version();
  }

  static Optional<Target> parse(String path) {
    for (Kind kind : Kind.values()) {
      String prefix = groupPath(kind) + "/";
      if (path.startsWith(prefix)) {
        List<String> rest = Arrays.asList(path.substring(prefix.length()).split("/", -1));
        Target target = rest.contains("") ? null : parse(kind, rest);
        if (target != null) {
          return Optional.of(target);
        }
      }
    }
    return Optional.empty();
  }

  private static @Nullable Target parse(Kind kind, List<String> rest) {
    boolean below =
        kind.isNamespaced()
            && rest.size() > 2
            && rest.get(0).equals("namespaces")
            && rest.get(2).equals(kind.plural());
    List<String> own = below ? rest.subList(2, rest.size()) : rest;
    if (!own.getFirst().equals(kind.plural())) {
      return null;
    }
    @Nullable String namespace = "";
    if (kind.isNamespaced()) {
      namespace = below ? rest.get(1) : null;
    }
    if (own.size() == 1) {
      return new Target(kind, namespace, null, false);
    }
    boolean status = own.size() == 3 && own.get(2).equals("status");
    if (namespace == null || (own.size() != 2 && !status)) {
      return null;
    }
    return new Target(kind, namespace, own.get(1), status);
  }

  /** The key of the resource that is named. */
  ResourceKey key() throws Refusal {
    if (name == null || namespace == null) {
      throw Refusal.of(405, "MethodNotAllowed", "the path names no single resource");
    }
    return new ResourceKey(kind, namespace, name);
  }
}
