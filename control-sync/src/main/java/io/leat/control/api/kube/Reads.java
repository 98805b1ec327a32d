package io.leat.control.api.kube;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.manifest.output.ResourceWriter;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers GET: one resource, or a page of a collection, as objects or as a table. */
final class Reads {
  /** Resources of a list that are in memory as text at once. */
  private static final int MOST_AT_ONCE = 100;

  private static final int BUFFER_BYTES = 64 * 1024;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final KubePorts ports;

  Reads(KubePorts ports) {
    this.ports = ports;
  }

  /** What a store held at one version. */
  record Snapshot(long version, List<Resource> resources) {}

  /**
   * Where the next page of a list begins.
   *
   * @param version of the first page: a watch from there misses nothing that later pages lack
   */
  private record Continuation(long version, String namespace, String name) {
    String token() {
      String text = version + "/" + namespace + "/" + name;
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static Continuation parse(String token) throws Refusal {
      try {
        String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        String[] parts = text.split("/", -1);
        if (parts.length == 3) {
          return new Continuation(Long.parseLong(parts[0]), parts[1], parts[2]);
        }
      } catch (IllegalArgumentException e) {
        // No token of ours, which is what the answer says.
      }
      throw Refusal.badRequest("continue key is not valid");
    }
  }

  AdminResponse get(Target target, AdminRequest request) throws Refusal {
    ResourceKey key = target.key();
    Resource found =
        ports
            .store()
            .read(view -> view.get(key))
            .orElseThrow(() -> Refusal.notFound(key.kind(), key.name()));
    Resource shown = ports.shown().apply(found);
    if (wantsTable(request)) {
      ObjectNode table = table(target.kind(), List.of(shown), request);
      table.withObjectProperty("metadata").put("resourceVersion", version(found));
      return AdminResponse.json(200, table.toString());
    }
    return AdminResponse.json(200, ResourceJson.tree(shown).toString());
  }

  private static String version(Resource resource) {
    return Long.toString(resource.metadata().resourceVersion());
  }

  static boolean wantsTable(AdminRequest request) {
    String accept = request.header("accept");
    return accept != null && accept.contains("as=Table");
  }

  ObjectNode table(Kind kind, List<Resource> resources, AdminRequest request) {
    return Rows.table(kind, resources, request.parameter("includeObject"), ports.clock().instant());
  }

  /** Everything that a target and its selectors mean. */
  Snapshot select(Target target, AdminRequest request) throws Refusal {
    Selector selector = selector(target, request);
    String namespace = target.namespace();
    Snapshot all =
        ports
            .store()
            .read(view ->
                new Snapshot(
                    ports.store().version(),
                    namespace == null || namespace.isEmpty()
                        ? view.list(target.kind())
                        : view.list(target.kind(), namespace)));
    return selector.isEverything()
        ? all
        : new Snapshot(all.version(), all.resources().stream().filter(selector).toList());
  }

  static Selector selector(Target target, AdminRequest request) throws Refusal {
    return Selector.of(
        target.kind(),
        target.name(),
        request.parameter("labelSelector"),
        request.parameter("fieldSelector"));
  }

  AdminResponse list(Target target, AdminRequest request) throws Refusal {
    int limit = number(request.parameter("limit"), "limit");
    String token = request.parameter("continue");
    Continuation from = token == null || token.isEmpty() ? null : Continuation.parse(token);
    Snapshot snapshot = select(target, request);
    List<Resource> rest = from == null ? snapshot.resources() : after(from, snapshot.resources());
    List<Resource> page = limit > 0 && rest.size() > limit ? rest.subList(0, limit) : rest;
    ObjectNode metadata = JSON.objectNode();
    long version = from == null ? snapshot.version() : from.version();
    metadata.put("resourceVersion", Long.toString(version));
    if (page.size() < rest.size()) {
      Resource last = page.getLast();
      Continuation next =
          new Continuation(version, last.metadata().namespace(), last.metadata().name());
      metadata.put("continue", next.token());
      metadata.put("remainingItemCount", rest.size() - page.size());
    }
    if (wantsTable(request)) {
      List<Resource> shown = page.stream().map(ports.shown()).toList();
      ObjectNode table = table(target.kind(), shown, request);
      table.set("metadata", metadata);
      return AdminResponse.json(200, table.toString());
    }
    return objects(target.kind(), page, metadata);
  }

  /** A long list is written while it is sent, so that it never stands in memory as a whole. */
  private AdminResponse objects(Kind kind, List<Resource> page, ObjectNode metadata) {
    if (page.size() > MOST_AT_ONCE) {
      return AdminResponse.streamed(
          AdminResponse.JSON,
          out -> write(kind, page, metadata, new BufferedOutputStream(out, BUFFER_BYTES)));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      write(kind, page, metadata, body);
    } catch (IOException e) {
      throw new UncheckedIOException("a list could not be written into memory", e);
    }
    return new AdminResponse.Full(200, AdminResponse.JSON, body.toByteArray(), Map.of());
  }

  private void write(Kind kind, List<Resource> page, ObjectNode metadata, OutputStream out)
      throws IOException {
    ResourceWriter writer = new ResourceWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    ObjectNode head = JSON.objectNode();
    head.put("apiVersion", kind.apiVersion()).put("kind", kind.kind() + "List");
    head.set("metadata", metadata);
    String begun = head.toString();
    writer.raw(begun.substring(0, begun.length() - 1)).raw(",\"items\":[");
    boolean first = true;
    for (Resource resource : page) {
      writer.raw(first ? "" : ",").write(ports.shown().apply(resource));
      first = false;
    }
    writer.raw("]}").flush();
  }

  private static List<Resource> after(Continuation from, List<Resource> resources) {
    List<Resource> rest = new ArrayList<>();
    for (Resource resource : resources) {
      int order = resource.metadata().namespace().compareTo(from.namespace());
      if (order > 0 || (order == 0 && resource.metadata().name().compareTo(from.name()) > 0)) {
        rest.add(resource);
      }
    }
    return rest;
  }

  static ObjectNode objects(Kind kind, List<Resource> resources) {
    ObjectNode list = JSON.objectNode();
    list.put("apiVersion", kind.apiVersion()).put("kind", kind.kind() + "List");
    list.putObject("metadata");
    ArrayNode items = list.putArray("items");
    resources.forEach(resource -> items.add(ResourceJson.tree(resource)));
    return list;
  }

  /** A number that is not negative; 0 when the parameter is left out. */
  static int number(@Nullable String text, String name) throws Refusal {
    if (text == null || text.isEmpty()) {
      return 0;
    }
    if (!text.matches("[0-9]{1,9}")) {
      throw Refusal.badRequest(name + " must be a number (got \"" + text + "\")");
    }
    return Integer.parseInt(text);
  }
}
