package io.leat.control.api.kube;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.resource.Kind;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Says which kinds are served, one group at a time or all at once. */
final class Discovery {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

  /** What may be done to a status or a scale. */
  static final List<String> SUBRESOURCE_VERBS = List.of("get", "patch", "update");

  private Discovery() {}

  /** The answer for one of the paths of discovery, if it is one. */
  static Optional<AdminResponse> answer(AdminRequest request) {
    String path = request.path().replaceAll("/+$", "");
    String accept = request.header("accept");
    boolean core = path.equals("/api");
    if (core || path.equals("/apis")) {
      for (String version : List.of("v2", "v2beta1")) {
        boolean wanted =
            accept != null
                && accept.contains("v=" + version + ";")
                && accept.contains("as=APIGroupDiscoveryList");
        if (wanted) {
          return Optional.of(aggregated(core, version));
        }
      }
      return Optional.of(ok(core ? coreVersions() : groups()));
    }
    for (List<List<Kind>> versions : byGroup().values()) {
      for (List<Kind> kinds : versions) {
        if (path.equals(Target.groupPath(kinds.getFirst()))) {
          return Optional.of(ok(resources(kinds)));
        }
      }
      String group = versions.getFirst().getFirst().group();
      if (!group.isEmpty() && path.equals("/apis/" + group)) {
        return Optional.of(ok(group(versions).put("kind", "APIGroup").put("apiVersion", "v1")));
      }
    }
    return Optional.empty();
  }

  /** Whether resources of a kind have this part, {@code status} or {@code scale}. */
  static boolean has(Kind kind, String subresource) {
    return switch (subresource) {
      case "status" -> !kind.isDocument();
      case "scale" -> kind == Kind.DEPLOYMENT;
      default -> false;
    };
  }

  private static AdminResponse ok(ObjectNode document) {
    return AdminResponse.json(200, document.toString());
  }

  /** The kinds of each group by version, the preferred version first. */
  private static Map<String, List<List<Kind>>> byGroup() {
    Map<String, Map<String, List<Kind>>> groups = new LinkedHashMap<>();
    for (Kind kind : Kind.values()) {
      groups
          .computeIfAbsent(kind.group(), _ -> new LinkedHashMap<>())
          .computeIfAbsent(kind.version(), _ -> new ArrayList<>())
          .add(kind);
    }
    Map<String, List<List<Kind>>> lists = new LinkedHashMap<>();
    groups.forEach((group, versions) -> lists.put(group, List.copyOf(versions.values())));
    return lists;
  }

  private static ObjectNode coreVersions() {
    ObjectNode root = JSON.objectNode().put("kind", "APIVersions");
    root.putArray("versions").add("v1");
    root.putArray("serverAddressByClientCIDRs");
    return root;
  }

  private static ObjectNode groups() {
    ObjectNode root = JSON.objectNode().put("kind", "APIGroupList").put("apiVersion", "v1");
    ArrayNode list = root.putArray("groups");
    byGroup().values().stream()
        .filter(versions -> !versions.getFirst().getFirst().group().isEmpty())
        .forEach(versions -> list.add(group(versions)));
    return root;
  }

  private static ObjectNode group(List<List<Kind>> versions) {
    ObjectNode group = JSON.objectNode();
    group.put("name", versions.getFirst().getFirst().group());
    ArrayNode list = group.putArray("versions");
    for (List<Kind> kinds : versions) {
      Kind kind = kinds.getFirst();
      list.addObject().put("groupVersion", kind.apiVersion()).put("version", kind.version());
    }
    group.set("preferredVersion", list.get(0).deepCopy());
    return group;
  }

  private static ObjectNode resources(List<Kind> kinds) {
    ObjectNode root = JSON.objectNode().put("kind", "APIResourceList").put("apiVersion", "v1");
    root.put("groupVersion", kinds.getFirst().apiVersion());
    ArrayNode list = root.putArray("resources");
    for (Kind kind : kinds) {
      ObjectNode resource = list.addObject().put("name", kind.plural());
      resource.put("singularName", kind.kind().toLowerCase(Locale.ROOT));
      resource.put("namespaced", kind.isNamespaced()).put("kind", kind.kind());
      words(resource, "verbs", VERBS);
      words(resource, "shortNames", kind.shortNames());
      words(resource, "categories", kind.categories());
      if (has(kind, "status")) {
        ObjectNode status = list.addObject().put("name", kind.plural() + "/status");
        status.put("singularName", "").put("namespaced", kind.isNamespaced());
        status.put("kind", kind.kind());
        words(status, "verbs", SUBRESOURCE_VERBS);
      }
      if (has(kind, "scale")) {
        ObjectNode scale = list.addObject().put("name", kind.plural() + "/scale");
        scale.put("singularName", "").put("namespaced", true);
        scale.put("group", "autoscaling").put("version", "v1").put("kind", "Scale");
        words(scale, "verbs", SUBRESOURCE_VERBS);
      }
    }
    return root;
  }

  private static void words(ObjectNode to, String field, List<String> words) {
    if (!words.isEmpty()) {
      ArrayNode list = to.putArray(field);
      words.forEach(list::add);
    }
  }

  private static AdminResponse aggregated(boolean core, String version) {
    ObjectNode root = JSON.objectNode().put("kind", "APIGroupDiscoveryList");
    root.put("apiVersion", "apidiscovery.k8s.io/" + version);
    root.putObject("metadata");
    ArrayNode items = root.putArray("items");
    for (List<List<Kind>> versions : byGroup().values()) {
      Kind first = versions.getFirst().getFirst();
      if (first.group().isEmpty() == core) {
        ObjectNode group = items.addObject();
        ObjectNode metadata = group.putObject("metadata");
        if (!core) {
          metadata.put("name", first.group());
        }
        ArrayNode list = group.putArray("versions");
        for (List<Kind> kinds : versions) {
          ObjectNode each = list.addObject();
          each.put("version", kinds.getFirst().version()).put("freshness", "Current");
          ArrayNode resources = each.putArray("resources");
          kinds.forEach(kind -> resources.add(aggregated(kind)));
        }
      }
    }
    String type =
        "application/json;g=apidiscovery.k8s.io;v=" + version + ";as=APIGroupDiscoveryList";
    byte[] body = root.toString().getBytes(StandardCharsets.UTF_8);
    return new AdminResponse.Full(200, type, body, Map.of());
  }

  private static ObjectNode aggregated(Kind kind) {
    ObjectNode resource = JSON.objectNode().put("resource", kind.plural());
    resource.set("responseKind", responseKind(kind));
    resource.put("scope", kind.isNamespaced() ? "Namespaced" : "Cluster");
    resource.put("singularResource", kind.kind().toLowerCase(Locale.ROOT));
    words(resource, "verbs", VERBS);
    words(resource, "shortNames", kind.shortNames());
    words(resource, "categories", kind.categories());
    if (has(kind, "status")) {
      ObjectNode status = resource.putArray("subresources").addObject();
      status.put("subresource", "status");
      status.set("responseKind", responseKind(kind));
      words(status, "verbs", SUBRESOURCE_VERBS);
    }
    if (has(kind, "scale")) {
      ObjectNode scale = resource.putArray("subresources").addObject();
      scale.put("subresource", "scale");
      scale
          .putObject("responseKind")
          .put("group", "autoscaling")
          .put("version", "v1")
          .put("kind", "Scale");
      words(scale, "verbs", SUBRESOURCE_VERBS);
    }
    return resource;
  }

  private static ObjectNode responseKind(Kind kind) {
    return JSON.objectNode()
        .put("group", kind.group())
        .put("version", kind.version())
        .put("kind", kind.kind());
  }
}
