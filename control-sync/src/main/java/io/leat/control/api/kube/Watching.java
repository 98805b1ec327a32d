package io.leat.control.api.kube;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.manifest.output.StatusJson;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.ResourceStore.Interest;
import io.leat.control.store.WatchOutcome;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Streams the changes of a collection, one JSON document per line.
 *
 * <p>The store's writer puts events into a bounded queue for each watcher, whose virtual thread
 * writes them out. A watcher that falls so far behind that its queue is full is cut off: it comes
 * back with the version that it saw last, or lists again.
 */
final class Watching {
  /** Events that may wait for one watcher: all that a store retains, and as many while it reads. */
  static final int MAX_WAITING = 20_000;

  private static final long LINES_BYTES = 2L << 20;
  private static final long BOOKMARK_MILLIS = 30_000;
  private static final int DEFAULT_SECONDS = 1_800;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final KubePorts ports;
  private final Reads reads;
  private final EventLines lines = new EventLines(LINES_BYTES);

  Watching(KubePorts ports, Reads reads) {
    this.ports = ports;
    this.reads = reads;
  }

  /** What one watcher asked for. */
  private record Wish(
      Target target, Selector selector, AdminRequest request, boolean bookmarks, int seconds) {}

  AdminResponse answer(Target target, AdminRequest request) throws Refusal {
    String upgrade = request.header("upgrade");
    if (upgrade != null && upgrade.equalsIgnoreCase("websocket")) {
      // A client that waits for the end of an answer other than 101 would wait for ever; with this
      // one, fabric8 comes back for a stream.
      throw Refusal.of(503, "ServiceUnavailable", "watches are streams over HTTP, not WebSockets");
    }
    Selector selector = Reads.selector(target, request);
    int seconds = Reads.number(request.parameter("timeoutSeconds"), "timeoutSeconds");
    Wish wish =
        new Wish(
            target,
            selector,
            request,
            "true".equals(request.parameter("allowWatchBookmarks")),
            seconds == 0 ? DEFAULT_SECONDS : seconds);
    long from = version(request.parameter("resourceVersion"));
    boolean initial = "true".equals(request.parameter("sendInitialEvents"));
    if (from > 0 && !initial) {
      return AdminResponse.streamed(
          AdminResponse.JSON, out -> follow(wish, from, List.of(), false, out));
    }
    Reads.Snapshot now = reads.select(target, request);
    return AdminResponse.streamed(
        AdminResponse.JSON, out -> follow(wish, now.version(), now.resources(), initial, out));
  }

  private static long version(@Nullable String text) throws Refusal {
    if (text == null || text.isEmpty()) {
      return 0;
    }
    if (!text.matches("[0-9]{1,18}")) {
      throw Refusal.badRequest("resourceVersion must be a number (got \"" + text + "\")");
    }
    return Long.parseLong(text);
  }

  private void follow(Wish wish, long from, List<Resource> known, boolean markEnd, OutputStream out)
      throws IOException, InterruptedException {
    for (Resource resource : known) {
      line(out, "ADDED", object(wish, resource));
    }
    if (markEnd) {
      ObjectNode end = bookmark(wish, from);
      end.withObjectProperty("metadata")
          .putObject("annotations")
          .put("k8s.io/initial-events-end", "true");
      line(out, "BOOKMARK", end);
    }
    out.flush();
    BlockingQueue<ChangeEvent> queue = new LinkedBlockingQueue<>(MAX_WAITING);
    Feed feed = new Feed(wish.selector(), queue);
    switch (ports.store().watchFrom(from, interest(wish), feed::accept)) {
      case WatchOutcome.Gone gone -> {
        String message = "too old resource version: " + from + " (" + gone.oldest() + ")";
        line(out, "ERROR", StatusJson.failure(410, "Expired", message));
      }
      case WatchOutcome.Started started -> {
        try (var _ = started.watch()) {
          drain(wish, feed, queue, out);
        }
      }
    }
  }

  private static Interest interest(Wish wish) {
    Target target = wish.target();
    return new Interest(target.kind(), target.namespace(), wish.selector().name());
  }

  /**
   * Takes the events that a watcher has to be told; called by the store's writers under its lock,
   * where a look at the selector costs less than to wake every watcher for what few of them want.
   */
  private static final class Feed {
    private final Selector selector;
    private final BlockingQueue<ChangeEvent> queue;
    private volatile boolean overflown;

    Feed(Selector selector, BlockingQueue<ChangeEvent> queue) {
      this.selector = selector;
      this.queue = queue;
    }

    void accept(ChangeEvent event) {
      boolean meant = selects(event.before()) || selects(event.after());
      if (meant && !queue.offer(event)) {
        overflown = true;
      }
    }

    private boolean selects(@Nullable Resource resource) {
      // The fields of documents would have to be parsed here, which their watcher does.
      return resource != null
          && (resource.spec() instanceof Spec.Document || selector.test(resource));
    }
  }

  private void drain(Wish wish, Feed feed, BlockingQueue<ChangeEvent> queue, OutputStream out)
      throws IOException, InterruptedException {
    long end = ports.clock().millis() + wish.seconds() * 1000L;
    long nextBookmark = ports.clock().millis() + BOOKMARK_MILLIS;
    while (true) {
      long now = ports.clock().millis();
      long pause = Math.min(end, nextBookmark) - now;
      ChangeEvent event = pause > 0 ? queue.poll(pause, TimeUnit.MILLISECONDS) : queue.poll();
      if (event != null) {
        tell(wish, event, out);
        if (queue.isEmpty()) {
          out.flush();
        }
      } else if (feed.overflown) {
        return;
      } else if (ports.clock().millis() >= Math.min(end, nextBookmark)) {
        mark(wish, queue, out);
        if (ports.clock().millis() >= end) {
          return;
        }
        nextBookmark = ports.clock().millis() + BOOKMARK_MILLIS;
      }
    }
  }

  /** Says which version the watcher has seen, if that can be said now. */
  private void mark(Wish wish, BlockingQueue<ChangeEvent> queue, OutputStream out)
      throws IOException {
    long version = ports.store().version();
    // Every event up to that version is in the queue by now, or written.
    if (wish.bookmarks() && queue.isEmpty()) {
      line(out, "BOOKMARK", bookmark(wish, version));
    }
    out.flush();
  }

  private static ObjectNode bookmark(Wish wish, long version) {
    ObjectNode object = JSON.objectNode();
    object.put("kind", wish.target().kind().kind());
    object.put("apiVersion", wish.target().kind().apiVersion());
    object.putObject("metadata").put("resourceVersion", Long.toString(version));
    return object;
  }

  private void tell(Wish wish, ChangeEvent event, OutputStream out) throws IOException {
    Resource before = event.before();
    Resource after = event.after();
    boolean was = before != null && wish.selector().test(before);
    boolean is = after != null && wish.selector().test(after);
    if (after != null && is) {
      told(wish, event, was ? "MODIFIED" : "ADDED", after, out);
    } else if (was && before != null) {
      // The last state, at the version at which it left the collection.
      Metadata last = before.metadata();
      Resource left =
          before.withMetadata(
              last.stored(
                  last.uid(), event.version(), last.generation(), last.creationTimestamp()));
      told(wish, event, "DELETED", left, out);
    }
  }

  private void told(Wish wish, ChangeEvent event, String type, Resource resource, OutputStream out)
      throws IOException {
    if (Reads.wantsTable(wish.request())) {
      line(out, type, object(wish, resource));
    } else {
      out.write(lines.of(event, type, () -> encoded(type, resource)));
    }
  }

  private byte[] encoded(String type, Resource resource) {
    String json = ResourceJson.write(ports.shown().apply(resource));
    return ("{\"type\":\"" + type + "\",\"object\":" + json + "}\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private ObjectNode object(Wish wish, Resource resource) {
    Resource shown = ports.shown().apply(resource);
    if (!Reads.wantsTable(wish.request())) {
      return ResourceJson.tree(shown);
    }
    ObjectNode table = reads.table(wish.target().kind(), List.of(shown), wish.request());
    table
        .withObjectProperty("metadata")
        .put("resourceVersion", Long.toString(resource.metadata().resourceVersion()));
    return table;
  }

  private static void line(OutputStream out, String type, ObjectNode object) throws IOException {
    ObjectNode event = JSON.objectNode().put("type", type);
    event.set("object", object);
    out.write((event + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
