package io.leat.control.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people what goes wrong beside the reconcilers: objects that mean nothing, and a server that
 * does not answer. Told by the threads of reflectors.
 */
final class Reports {
  private static final Logger LOG = LoggerFactory.getLogger(Reports.class);

  private final ApiClient api;
  private final BooleanSupplier leading;
  private final Executor executor;
  private final Consumer<String> messages;
  private final Set<Object> silent = new HashSet<>();

  /**
   * Reports of one API server.
   *
   * @param leading whether conditions may be written
   * @param executor writes conditions
   * @param messages takes lines for a person
   */
  Reports(ApiClient api, BooleanSupplier leading, Executor executor, Consumer<String> messages) {
    this.api = api;
    this.leading = leading;
    this.executor = executor;
    this.messages = messages;
  }

  /** Somebody heard nothing; said once for all of them. */
  void down(Object who, RuntimeException why) {
    LOG.debug("{} is down", who, why);
    boolean first;
    synchronized (silent) {
      first = silent.isEmpty();
      silent.add(who);
    }
    if (first) {
      messages.accept(
          "the API server does not answer, what it said last is served on: " + why.getMessage());
    }
  }

  /** Somebody hears again. */
  void up(Object who) {
    boolean last;
    synchronized (silent) {
      last = silent.remove(who) && silent.isEmpty();
    }
    if (last) {
      messages.accept("the API server answers again");
    }
  }

  /** An object that cannot be read; what was known of it before stays. */
  void invalid(ObjectReader.Read.Invalid invalid) {
    String message = String.join("; ", invalid.problems());
    LOG.warn("{} cannot be used, its last good state stays: {}", invalid.key(), message);
    if (invalid.key().kind().isDocument() || !leading.getAsBoolean() || isSaid(invalid, message)) {
      return;
    }
    executor.execute(() -> {
      try {
        say(invalid, message);
      } catch (RuntimeException broken) {
        LOG.warn("{} gets no condition", invalid.key(), broken);
      }
    });
  }

  private static boolean isSaid(ObjectReader.Read.Invalid invalid, String message) {
    for (JsonNode condition : invalid.object().at("/status/conditions")) {
      if (condition.path("message").asText("").equals(message)) {
        return true;
      }
    }
    return false;
  }

  private void say(ObjectReader.Read.Invalid invalid, String message) {
    JsonNode metadata = invalid.object().path("metadata");
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch.putObject("metadata").set("resourceVersion", metadata.path("resourceVersion"));
    ObjectNode status = patch.putObject("status");
    status.set("observedGeneration", metadata.path("generation"));
    ObjectNode ready = status.putArray("conditions").addObject();
    ready.put("type", "Ready").put("status", "False").put("reason", "InvalidSpec");
    ready.put("message", message);
    String path = ApiPaths.of(invalid.key()) + "/status?fieldManager=leat";
    ApiClient.Answer answer = api.call("PATCH", path, ApiClient.MERGE_PATCH, patch.toString());
    if (!answer.succeeded()) {
      LOG.warn("{} gets no condition: {}", invalid.key(), answer.message());
    }
  }
}
