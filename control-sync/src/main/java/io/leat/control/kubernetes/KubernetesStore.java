package io.leat.control.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.kubernetes.ApiClient.Answer;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Status;
import io.leat.control.store.Author;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.HistoryEntry;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.ResourceView;
import io.leat.control.store.StoreOutcome;
import io.leat.control.store.TransitionTimes;
import io.leat.control.store.WatchOutcome;
import io.leat.control.store.Write;
import io.leat.control.store.jobs.JobRequest;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The store whose truth is an API server: reads come from the {@link Mirror}, writes go to the
 * server and compare the resourceVersion there.
 *
 * <p>Used by any thread. A write is visible to reads when it returns. It sends only what differs,
 * so that fields which Leat does not know stay. Versions of events and of the store count what was
 * seen here. What a deleted resource controls is removed by the server, in its own time. A server
 * keeps no history for us, and no jobs.
 */
final class KubernetesStore implements ResourceStore {
  private static final int CONFLICT = 409;
  private static final int NOT_FOUND = 404;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ApiClient api;
  private final Mirror mirror;
  private final InstantSource clock;

  KubernetesStore(ApiClient api, Mirror mirror, InstantSource clock) {
    this.api = api;
    this.mirror = mirror;
    this.clock = clock;
  }

  @Override
  public <T> T read(Function<? super ResourceView, ? extends T> reader) {
    return mirror.read(reader);
  }

  @Override
  public long version() {
    return mirror.version();
  }

  @Override
  public List<HistoryEntry> history(ResourceKey key) {
    return List.of();
  }

  @Override
  public Watch watch(Consumer<ChangeEvent> listener) {
    return mirror.watch(listener);
  }

  @Override
  public WatchOutcome watchFrom(long version, Consumer<ChangeEvent> listener) {
    return mirror.watchFrom(version, listener);
  }

  @Override
  public StoreOutcome write(Write write, Author author, List<JobRequest> jobs) {
    if (mirror.isReading()) {
      throw new IllegalStateException("a reader or listener must not write");
    }
    if (!jobs.isEmpty()) {
      throw new IllegalArgumentException("an API server keeps no jobs");
    }
    return switch (write) {
      case Write.Create create -> post(create.resource(), author);
      case Write.Update update -> replace(update.resource(), author);
      case Write.UpdateStatus status -> replaceStatus(status, author);
      case Write.Delete delete -> remove(delete);
    };
  }

  private StoreOutcome post(Resource resource, Author author) {
    Metadata given = resource.metadata();
    Metadata metadata =
        Metadata.of(given.namespace(), given.name())
            .withLabels(given.labels())
            .withAnnotations(given.annotations())
            .withOwners(given.ownerReferences())
            .withFinalizers(given.finalizers());
    ObjectNode document =
        ResourceJson.tree(Resource.of(resource.kind(), metadata, resource.spec()));
    ResourceKey key = resource.key();
    String path = ApiPaths.of(key.kind(), key.namespace());
    Answer answer = api.call("POST", path + manager(author), ApiClient.JSON, document.toString());
    if (answer.status() == CONFLICT && answer.reason().equals("AlreadyExists")) {
      return switch (fetch(key)) {
        case StoreOutcome.Conflict now -> new StoreOutcome.AlreadyExists(now.current());
        case StoreOutcome other -> other;
      };
    }
    Resource created = stored(key.kind(), required(answer, "create", key));
    mirror.put(created);
    if (resource.status().equals(Status.EMPTY)) {
      return new StoreOutcome.Written(created, true);
    }
    long version = created.metadata().resourceVersion();
    return replaceStatus(new Write.UpdateStatus(key, version, resource.status()), author);
  }

  private StoreOutcome replace(Resource resource, Author author) {
    ResourceKey key = resource.key();
    Resource current = mirror.find(key);
    if (current == null) {
      return new StoreOutcome.NotFound(key);
    }
    Metadata now = current.metadata();
    Metadata given = resource.metadata();
    if (now.resourceVersion() != given.resourceVersion()) {
      return new StoreOutcome.Conflict(current);
    }
    Metadata metadata =
        now.withLabels(given.labels())
            .withAnnotations(given.annotations())
            .withOwners(given.ownerReferences())
            .withFinalizers(finalizers(now, given));
    Resource wanted = new Resource(key.kind(), metadata, resource.spec(), current.status());
    if (wanted.equals(current)) {
      return new StoreOutcome.Written(current, false);
    }
    ObjectNode patch = MergeDifference.of(ResourceJson.tree(current), ResourceJson.tree(wanted));
    Answer answer = patch(ApiPaths.of(key), patch, now.resourceVersion(), author);
    return patched(answer, key, "update");
  }

  /** A resource that is on its way out gets no new finalizers. */
  private static List<String> finalizers(Metadata now, Metadata given) {
    return now.isDeleting()
        ? given.finalizers().stream().filter(now.finalizers()::contains).toList()
        : given.finalizers();
  }

  private StoreOutcome replaceStatus(Write.UpdateStatus write, Author author) {
    ResourceKey key = write.key();
    Resource current = mirror.find(key);
    if (current == null) {
      return new StoreOutcome.NotFound(key);
    }
    if (current.metadata().resourceVersion() != write.resourceVersion()) {
      return new StoreOutcome.Conflict(current);
    }
    if (!TransitionTimes.changes(current.status(), write.status())) {
      return new StoreOutcome.Written(current, false);
    }
    Status settled =
        TransitionTimes.settle(
            current.status(), write.status(), clock.instant().truncatedTo(ChronoUnit.SECONDS));
    ObjectNode patch = NODES.objectNode();
    patch.set("status", MergeDifference.of(status(current), status(current.withStatus(settled))));
    String path = ApiPaths.of(key) + "/status";
    Answer answer = patch(path, patch, write.resourceVersion(), author);
    return patched(answer, key, "update the status of");
  }

  private static ObjectNode status(Resource resource) {
    return ResourceJson.tree(resource).get("status") instanceof ObjectNode status
        ? status
        : NODES.objectNode();
  }

  private Answer patch(String path, ObjectNode patch, long version, Author author) {
    patch.withObjectProperty("metadata").put("resourceVersion", Long.toString(version));
    return api.call("PATCH", path + manager(author), ApiClient.MERGE_PATCH, patch.toString());
  }

  private StoreOutcome patched(Answer answer, ResourceKey key, String verb) {
    if (answer.status() == CONFLICT || answer.status() == NOT_FOUND) {
      return fetch(key);
    }
    Resource after = stored(key.kind(), required(answer, verb, key));
    Metadata metadata = after.metadata();
    if (metadata.isDeleting() && metadata.finalizers().isEmpty()) {
      // The watch may have told of it already: nothing may come back for a moment.
      mirror.removedByUs(key, metadata.uid());
    } else {
      mirror.put(after);
    }
    return new StoreOutcome.Written(after, true);
  }

  private StoreOutcome remove(Write.Delete write) {
    ResourceKey key = write.key();
    Resource current = mirror.find(key);
    if (current == null) {
      return new StoreOutcome.NotFound(key);
    }
    long version = write.resourceVersion();
    if (version != 0 && version != current.metadata().resourceVersion()) {
      return new StoreOutcome.Conflict(current);
    }
    Answer answer =
        api.call("DELETE", ApiPaths.of(key), ApiClient.JSON, options(write, version).toString());
    if (answer.status() == CONFLICT || answer.status() == NOT_FOUND) {
      return fetch(key);
    }
    JsonNode body = required(answer, "delete", key);
    boolean stays = !body.at("/metadata/finalizers").isEmpty();
    if (!stays) {
      mirror.removedByUs(key, current.metadata().uid());
      return new StoreOutcome.Written(current, true);
    }
    Resource waiting = stored(key.kind(), body);
    boolean changed = waiting.metadata().resourceVersion() != current.metadata().resourceVersion();
    mirror.put(waiting);
    return new StoreOutcome.Written(changed ? waiting : current, changed);
  }

  private static ObjectNode options(Write.Delete write, long version) {
    ObjectNode options = NODES.objectNode().put("apiVersion", "v1").put("kind", "DeleteOptions");
    String policy = write.propagation().name();
    options.put(
        "propagationPolicy", policy.charAt(0) + policy.substring(1).toLowerCase(Locale.ROOT));
    if (version != 0) {
      options.withObjectProperty("preconditions").put("resourceVersion", Long.toString(version));
    }
    if (!write.uid().isEmpty()) {
      options.withObjectProperty("preconditions").put("uid", write.uid());
    }
    return options;
  }

  /** What the server has now, after a write that came too late: Conflict or NotFound. */
  private StoreOutcome fetch(ResourceKey key) {
    Answer answer = api.get(ApiPaths.of(key));
    if (answer.status() == NOT_FOUND) {
      Resource known = mirror.find(key);
      if (known != null) {
        mirror.removedByUs(key, known.metadata().uid());
      }
      return new StoreOutcome.NotFound(key);
    }
    Resource current = stored(key.kind(), required(answer, "get", key));
    mirror.put(current);
    return new StoreOutcome.Conflict(current);
  }

  private static Resource stored(Kind kind, JsonNode body) {
    return switch (ObjectReader.read(kind, body)) {
      case ObjectReader.Read.Valid valid -> valid.resource();
      case ObjectReader.Read.Invalid invalid ->
          throw new IllegalStateException(
              invalid.key() + " means nothing: " + String.join(", ", invalid.problems()));
    };
  }

  private static JsonNode required(Answer answer, String verb, ResourceKey key) {
    if (!answer.succeeded()) {
      throw new IllegalStateException(
          "the API server refused to " + verb + " " + key + ": " + answer.message());
    }
    return answer.body();
  }

  private static String manager(Author author) {
    return "?fieldManager=" + ApiPaths.escape(author.who());
  }
}
