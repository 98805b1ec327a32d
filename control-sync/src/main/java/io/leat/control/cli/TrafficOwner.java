package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.rules.RolloutRequest;
import io.leat.control.resource.Rollout.Staged;
import io.leat.control.store.Labels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Service, or a Route without one, of a running Leat, as commands about its traffic see it.
 *
 * <p>Used by one thread.
 */
final class TrafficOwner {
  private static final String GROUP = "/apis/serving.knative.dev/v1/namespaces/";
  private static final String MERGE_PATCH = "application/merge-patch+json";
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ServerClient client;
  private final String namespace;
  private final String plural;
  private final String name;
  private JsonNode resource;

  private TrafficOwner(
      ServerClient client, String namespace, String plural, String name, JsonNode resource) {
    this.client = client;
    this.namespace = namespace;
    this.plural = plural;
    this.name = name;
    this.resource = resource;
  }

  /**
   * The Service of a name, else the Route.
   *
   * @throws CommandFailure with exit code 3 when there is neither
   */
  static TrafficOwner find(ServerClient client, String namespace, String name) {
    for (String plural : List.of("services", "routes")) {
      JsonNode found = get(client, GROUP + namespace + "/" + plural + "/" + name);
      if (found != null) {
        return new TrafficOwner(client, namespace, plural, name, found);
      }
    }
    throw new CommandFailure(
        ExitCode.NOT_FOUND, "there is no Service or Route " + namespace + "/" + name);
  }

  /** The shares as they are, by revision, the largest first. */
  Map<String, Long> shares() {
    Map<String, Long> percents = new LinkedHashMap<>();
    for (JsonNode target : resource.at("/status/traffic")) {
      if (target.path("percent").asLong() > 0) {
        percents.merge(
            target.path("revisionName").asText(), target.path("percent").asLong(), Long::sum);
      }
    }
    Map<String, Long> sorted = new LinkedHashMap<>();
    percents.entrySet().stream()
        .sorted(Comparator.comparingLong(entry -> -entry.getValue()))
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }

  /** {@code shop-00001 75 %, shop-00002 25 %}. */
  String sharesText() {
    String text =
        shares().entrySet().stream()
            .map(share -> share.getKey() + " " + share.getValue() + " %")
            .collect(Collectors.joining(", "));
    return text.isEmpty() ? "nothing" : text;
  }

  /** The rollout of the status; missing when there is none. */
  JsonNode staged() {
    return resource.at("/status/rollout/staged");
  }

  /** Whether steps of a rollout are still to come. */
  boolean isProgressing() {
    return staged().path("phase").asText().equals(Staged.PROGRESSING);
  }

  /** The request that the annotation holds. */
  Optional<RolloutRequest> request() {
    return RolloutRequest.parse(
        resource.path("metadata").path("annotations").path(Labels.ROLLOUT).asText(""));
  }

  /** Writes or, with null, takes away the request. */
  void ask(@Nullable RolloutRequest request) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch
        .putObject("metadata")
        .putObject("annotations")
        .put(Labels.ROLLOUT, request == null ? null : request.text());
    ServerClient.Answer answer =
        client.send("PATCH", path() + "?fieldManager=leat", MERGE_PATCH, patch.toString());
    if (!answer.succeeded()) {
      throw new CommandFailure(ExitCode.FAILURE, answer.message());
    }
  }

  private String path() {
    return GROUP + namespace + "/" + plural + "/" + name;
  }

  /**
   * Reads the resource again and again until it is as wanted.
   *
   * @return false when the time is over
   */
  boolean await(Predicate<TrafficOwner> wanted, Duration most) {
    long end = System.nanoTime() + most.toNanos();
    while (true) {
      JsonNode found = get(client, path());
      if (found == null) {
        throw new CommandFailure(ExitCode.NOT_FOUND, name + " was deleted");
      }
      resource = found;
      if (wanted.test(this)) {
        return true;
      }
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /**
   * A revision that may get the traffic.
   *
   * @param word its name, or {@code @latest} for the latest ready one
   */
  String revision(String word) {
    if (!word.equals("@latest")) {
      if (family().stream().noneMatch(revision -> name(revision).equals(word))) {
        throw new CommandFailure(
            ExitCode.NOT_FOUND,
            "there is no revision " + word + " of " + name + "; there are " + names(family()));
      }
      return word;
    }
    String latest = resource.at("/status/latestReadyRevisionName").asText("");
    if (latest.isEmpty()) {
      latest = ready(family()).stream().findFirst().map(TrafficOwner::name).orElse("");
    }
    if (latest.isEmpty()) {
      throw new CommandFailure(ExitCode.FAILURE, "no revision of " + name + " is ready");
    }
    return latest;
  }

  /** The newest ready revision that is older than the one with most traffic. */
  String earlier() {
    String now = shares().keySet().stream().findFirst().orElse("");
    List<JsonNode> family = family();
    long generation =
        family.stream()
            .filter(revision -> name(revision).equals(now))
            .mapToLong(TrafficOwner::generation)
            .findFirst()
            .orElse(Long.MAX_VALUE);
    return ready(family).stream()
        .filter(revision -> generation(revision) < generation)
        .findFirst()
        .map(TrafficOwner::name)
        .orElseThrow(() ->
            new CommandFailure(
                ExitCode.FAILURE,
                "no ready revision of " + name + " is older than " + now + "; name one by --to"));
  }

  /** Revisions that the traffic may go to, newest first. */
  private List<JsonNode> family() {
    JsonNode list = get(client, GROUP + namespace + "/revisions");
    List<JsonNode> all = new ArrayList<>();
    if (list != null) {
      list.path("items").forEach(all::add);
    }
    boolean service = plural.equals("services");
    String label = service ? Labels.SERVICE : Labels.CONFIGURATION;
    String now = shares().keySet().stream().findFirst().orElse("");
    String value =
        service
            ? name
            : all.stream()
                .filter(revision -> name(revision).equals(now))
                .map(revision -> label(revision, Labels.CONFIGURATION))
                .findFirst()
                .orElse("");
    all.removeIf(revision -> !label(revision, label).equals(value));
    all.sort(Comparator.comparingLong(TrafficOwner::generation).reversed());
    return all;
  }

  private static List<JsonNode> ready(List<JsonNode> revisions) {
    return revisions.stream()
        .filter(revision -> Awaiting.condition(revision).path("status").asText().equals("True"))
        .toList();
  }

  private static String names(List<JsonNode> revisions) {
    return revisions.stream().map(TrafficOwner::name).collect(Collectors.joining(", "));
  }

  private static String name(JsonNode revision) {
    return revision.at("/metadata/name").asText();
  }

  private static String label(JsonNode revision, String label) {
    return revision.path("metadata").path("labels").path(label).asText("");
  }

  private static long generation(JsonNode revision) {
    return revision.path("metadata").path("labels").path(Labels.CONFIGURATION_GENERATION).asLong(0);
  }

  /** What the server answers, or null when there is nothing. */
  private static @Nullable JsonNode get(ServerClient client, String path) {
    ServerClient.Answer answer = client.get(path);
    if (answer.status() == 404) {
      return null;
    }
    if (!answer.succeeded()) {
      throw new CommandFailure(ExitCode.FAILURE, answer.message());
    }
    return answer.json();
  }
}
