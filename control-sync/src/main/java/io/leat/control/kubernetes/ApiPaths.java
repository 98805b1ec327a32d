package io.leat.control.kubernetes;

import io.leat.control.resource.Kind;
import io.leat.control.resource.ResourceKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Paths of the Kubernetes API; names are escaped, queries are not part of them. */
final class ApiPaths {
  private ApiPaths() {}

  /**
   * A collection.
   *
   * @param namespace null for all of them
   */
  static String of(Kind kind, @Nullable String namespace) {
    String group =
        kind.group().isEmpty()
            ? "/api/" + kind.version()
            : "/apis/" + kind.group() + "/" + kind.version();
    return namespace == null || !kind.isNamespaced()
        ? group + "/" + kind.plural()
        : group + "/namespaces/" + escape(namespace) + "/" + kind.plural();
  }

  /** One resource. */
  static String of(ResourceKey key) {
    return of(key.kind(), key.namespace()) + "/" + escape(key.name());
  }

  static String escape(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
