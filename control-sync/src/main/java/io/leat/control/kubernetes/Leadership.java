package io.leat.control.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.kubernetes.ApiClient.Answer;
import io.leat.control.resource.Kind;
import io.leat.control.resource.ResourceKey;
import io.leat.proxy.telemetry.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Elects one of several Leats by a Lease, as Kubernetes' own controllers do.
 *
 * <p>Who holds the lease renews it every 2 s and may act for 10 s after the last renewal was asked
 * for; others take it over once it did not change for the 15 s that it says. Clocks of machines
 * need not agree: only the time since a change was seen counts. Runs on a virtual thread of its
 * own; {@link #leading} and {@link #holds} are read by any thread.
 */
final class Leadership implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
  private static final Duration RENEW = Duration.ofSeconds(2);
  private static final Duration ACT = Duration.ofSeconds(10);
  private static final Duration DURATION = Duration.ofSeconds(15);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final ApiClient api;
  private final ResourceKey key;
  private final String identity;
  private final Ticker ticker;
  private final InstantSource clock;
  private final Runnable turned;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = Thread.ofVirtual().name("leat-leadership").unstarted(this::run);
  private String seen = "";
  private long seenAt;
  private volatile boolean acquired;
  private volatile long until;

  /** Which lease is meant, and in whose name. */
  record Candidate(String namespace, String name, String identity) {}

  /**
   * A candidate that does nothing until it is started.
   *
   * @param turned called on this election's thread when it begins to lead, which it also does after
   *     its time was over for a moment, and when it hears that another one leads
   */
  Leadership(
      ApiClient api, Candidate candidate, Ticker ticker, InstantSource clock, Runnable turned) {
    this.api = api;
    this.key = new ResourceKey(Kind.LEASE, candidate.namespace(), candidate.name());
    this.identity = candidate.identity();
    this.ticker = ticker;
    this.clock = clock;
    this.turned = turned;
  }

  void start() {
    thread.start();
  }

  /** Whether this Leat may write now. */
  boolean leading() {
    return acquired && ticker.nanos() - until < 0;
  }

  /**
   * Whether this Leat led last, as far as it has heard: true on while the server is silent, until
   * another one is seen to lead. For what two may do at a time rather than nobody.
   */
  boolean holds() {
    return acquired;
  }

  private void run() {
    try {
      do {
        tryOnce();
      } while (!closed.await(RENEW.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks for the lease, or renews it; tells when that turns something. */
  void tryOnce() {
    long asked = ticker.nanos();
    boolean held = acquired;
    try {
      if (acquire()) {
        // Asked as late as can be: a lead that ended while the answer was on its way begins anew,
        // and what was left undone meanwhile is looked at again.
        boolean led = leading();
        until = asked + ACT.toNanos();
        acquired = true;
        if (!led && leading()) {
          turned.run();
        }
      } else {
        acquired = false;
        if (held) {
          turned.run();
        }
      }
    } catch (ApiUnavailableException silent) {
      // Whoever led may go on until its time is over.
      LOG.debug("the lease is not renewed", silent);
    }
  }

  private boolean acquire() {
    Answer answer = api.get(ApiPaths.of(key));
    if (answer.status() == 404) {
      ObjectNode lease = JsonNodeFactory.instance.objectNode();
      lease.put("apiVersion", key.kind().apiVersion()).put("kind", key.kind().kind());
      lease.putObject("metadata").put("name", key.name()).put("namespace", key.namespace());
      hold(lease.putObject("spec"), 0, true);
      return write("POST", ApiPaths.of(key.kind(), key.namespace()), lease);
    }
    if (!answer.succeeded() || !(answer.body() instanceof ObjectNode lease)) {
      throw new ApiUnavailableException("the lease cannot be read: " + answer.message());
    }
    ObjectNode spec = lease.withObjectProperty("spec");
    String holder = spec.path("holderIdentity").asText("");
    boolean ours = holder.equals(identity);
    if (!ours && !holder.isEmpty() && !isOver(lease, spec)) {
      return false;
    }
    int transitions = spec.path("leaseTransitions").asInt(0);
    hold(spec, ours ? transitions : transitions + 1, !ours);
    return write("PUT", ApiPaths.of(key), lease);
  }

  private boolean isOver(ObjectNode lease, JsonNode spec) {
    String version = lease.at("/metadata/resourceVersion").asText("");
    if (!version.equals(seen)) {
      seen = version;
      seenAt = ticker.nanos();
    }
    long seconds = spec.path("leaseDurationSeconds").asLong(DURATION.toSeconds());
    return ticker.nanos() - seenAt >= Duration.ofSeconds(seconds).toNanos();
  }

  private void hold(ObjectNode spec, int transitions, boolean anew) {
    Instant now = clock.instant();
    spec.put("holderIdentity", identity);
    spec.put("leaseDurationSeconds", DURATION.toSeconds());
    spec.put("leaseTransitions", transitions);
    spec.put("renewTime", TIME.format(now));
    if (anew) {
      spec.put("acquireTime", TIME.format(now));
    }
  }

  private boolean write(String method, String path, ObjectNode lease) {
    Answer answer = api.call(method, path + "?fieldManager=leat", ApiClient.JSON, lease.toString());
    if (!answer.succeeded() && answer.status() != 409) {
      throw new ApiUnavailableException("the lease cannot be written: " + answer.message());
    }
    return answer.succeeded();
  }

  /** Ends, and lets another one lead at once. */
  @Override
  public void close() {
    closed.countDown();
    try {
      if (thread.isAlive() && !thread.join(ACT)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    boolean led = leading();
    acquired = false;
    if (led) {
      release();
    }
  }

  private void release() {
    try {
      Answer answer = api.get(ApiPaths.of(key));
      if (answer.body() instanceof ObjectNode lease
          && lease.at("/spec/holderIdentity").asText("").equals(identity)) {
        lease.withObjectProperty("spec").put("holderIdentity", "");
        var _ = write("PUT", ApiPaths.of(key), lease);
      }
    } catch (ApiUnavailableException silent) {
      LOG.debug("the lease runs out by itself", silent);
    }
  }
}
