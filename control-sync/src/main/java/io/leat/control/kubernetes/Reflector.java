package io.leat.control.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.kubernetes.ApiClient.Answer;
import io.leat.control.kubernetes.ObjectReader.Read;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.proxy.balance.Draw;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a mirror up to date with one collection: lists it, watches from there, goes on from the
 * last version after a connection is lost, and lists again when the server has forgotten it (410).
 *
 * <p>Runs on a virtual thread of its own until it is closed. After a failure it pauses, from 100 ms
 * doubling to 10 s, half of it random.
 */
final class Reflector implements AutoCloseable {
  private static final int PAGE = 500;
  private static final int WATCH_SECONDS = 300;
  private static final Duration SILENCE = Duration.ofSeconds(WATCH_SECONDS + 30);
  private static final long FIRST_PAUSE = 100;
  private static final long LONGEST_PAUSE = 10_000;
  private static final int GONE = 410;

  private final Collection collection;
  private final ApiClient api;
  private final Mirror mirror;
  private final Reports reports;
  private final Draw draw;
  private final CompletableFuture<Void> listed = new CompletableFuture<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  /** From where to watch; empty when the collection must be listed first. */
  private String version = "";

  private int failures;
  private volatile String problem = "";

  /**
   * What is mirrored.
   *
   * @param namespace null for all of them
   * @param labels a label selector; empty for everything
   */
  record Collection(Kind kind, @Nullable String namespace, String labels) {
    String path() {
      String path = ApiPaths.of(kind, namespace);
      return labels.isEmpty()
          ? path + "?"
          : path + "?labelSelector=" + ApiPaths.escape(labels) + "&";
    }
  }

  /** What reflectors of one server share. */
  record Ports(ApiClient api, Mirror mirror, Reports reports, Draw draw) {}

  Reflector(Collection collection, Ports ports) {
    this.collection = collection;
    this.api = ports.api();
    this.mirror = ports.mirror();
    this.reports = ports.reports();
    this.draw = ports.draw();
    this.thread =
        Thread.ofVirtual()
            .name("leat-reflector-" + collection.kind().resource())
            .unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Completes once the collection was listed for the first time. */
  CompletableFuture<Void> listed() {
    return listed;
  }

  /** Why nothing is heard now; empty when something is. */
  String problem() {
    return problem;
  }

  private void run() {
    while (closed.getCount() > 0) {
      try {
        if (version.isEmpty()) {
          list();
          heard();
          listed.complete(null);
        }
        watch();
      } catch (RuntimeException failure) {
        if (!pause(failure)) {
          return;
        }
      }
    }
  }

  private void heard() {
    failures = 0;
    problem = "";
    reports.up(this);
  }

  /** False when this was closed. */
  private boolean pause(RuntimeException failure) {
    if (closed.getCount() == 0) {
      return false;
    }
    problem = String.valueOf(failure.getMessage());
    reports.down(this, failure);
    long millis = Math.min(FIRST_PAUSE << Math.min(failures++, 10), LONGEST_PAUSE);
    try {
      return !closed.await(millis / 2 + draw.below((int) millis / 2), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void list() {
    long since = mirror.version();
    List<Resource> resources = new ArrayList<>();
    Set<ResourceKey> unreadable = new HashSet<>();
    String from = "";
    String next = "";
    do {
      String token = next.isEmpty() ? "" : "&continue=" + ApiPaths.escape(next);
      Answer answer = api.get(collection.path() + "limit=" + PAGE + token);
      if (!answer.succeeded()) {
        throw new ApiUnavailableException(
            "cannot list " + collection.kind().resource() + ": " + answer.message());
      }
      for (JsonNode item : answer.body().path("items")) {
        switch (ObjectReader.read(collection.kind(), item)) {
          case Read.Valid valid -> resources.add(valid.resource());
          case Read.Invalid invalid -> {
            unreadable.add(invalid.key());
            reports.invalid(invalid);
          }
        }
      }
      from = answer.body().at("/metadata/resourceVersion").asText("");
      next = answer.body().at("/metadata/continue").asText("");
    } while (!next.isEmpty());
    mirror.replace(collection.kind(), collection.namespace(), resources, unreadable, since);
    version = from;
  }

  private void watch() {
    int seconds = WATCH_SECONDS / 2 + draw.below(WATCH_SECONDS / 2);
    Answer answer =
        api.stream(
            collection.path()
                + "watch=true&allowWatchBookmarks=true&timeoutSeconds="
                + seconds
                + "&resourceVersion="
                + version,
            SILENCE,
            this::heard,
            this::take);
    if (answer.status() == GONE) {
      version = "";
    } else if (answer.status() != 200) {
      throw new ApiUnavailableException(
          "cannot watch " + collection.kind().resource() + ": " + answer.message());
    }
  }

  private void take(JsonNode event) {
    JsonNode object = event.path("object");
    String type = event.path("type").asText("");
    if (type.equals("ERROR")) {
      if (object.path("code").asInt() != GONE) {
        throw new ApiUnavailableException("the watch ended: " + object.path("message").asText(""));
      }
      version = "";
      return;
    }
    if (version.isEmpty()) {
      return;
    }
    version = object.at("/metadata/resourceVersion").asText(version);
    switch (type) {
      case "ADDED", "MODIFIED" -> {
        switch (ObjectReader.read(collection.kind(), object)) {
          case Read.Valid valid -> mirror.put(valid.resource());
          case Read.Invalid invalid -> reports.invalid(invalid);
        }
      }
      case "DELETED" ->
          mirror.gone(
              new ResourceKey(
                  collection.kind(),
                  object.at("/metadata/namespace").asText(""),
                  object.at("/metadata/name").asText("")),
              object.at("/metadata/uid").asText(""));
      default -> {
        // A bookmark only tells the version.
      }
    }
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
  }

  @Override
  public String toString() {
    return collection.toString();
  }
}
