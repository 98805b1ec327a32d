package io.leat.control.api.events;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.Spec;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.ResourceStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an Event for what happens to resources; what happens again counts up the same one.
 *
 * <p>The store's writer hands over, an executor of one thread writes. At most {@value #MAX_EVENTS}
 * are kept, for an hour each; when more happens at once than is written, the rest is not recorded.
 */
public final class EventRecorder implements AutoCloseable {
  static final int MAX_EVENTS = 1_000;
  private static final int MAX_WAITING = 1_000;
  private static final int MAX_MESSAGE = 1_024;
  private static final Duration KEPT = Duration.ofHours(1);
  private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);

  private final ResourceStore store;
  private final Executor executor;
  private final InstantSource clock;
  private final AtomicInteger waiting = new AtomicInteger();
  private final ResourceStore.Watch watch;

  /** Events by age of their last occurrence; confined to the executor. */
  private final Map<ResourceKey, Instant> kept = new LinkedHashMap<>();

  /** Begins with the next write of the store. */
  public EventRecorder(ResourceStore store, Executor executor, InstantSource clock) {
    this.store = store;
    this.executor = executor;
    this.clock = clock;
    this.watch = store.watch(this::changed);
    executor.execute(this::readKept);
  }

  /** What an earlier process recorded is forgotten in its turn. */
  private void readKept() {
    store.read(view -> view.list(Kind.EVENT)).stream()
        .sorted(Comparator.comparing(EventRecorder::lastSeen))
        .forEach(event -> kept.put(event.key(), lastSeen(event)));
  }

  private static Instant lastSeen(Resource event) {
    String text =
        event.spec() instanceof Spec.Document document
            ? ResourceJson.fields(document).path("lastTimestamp").asText("")
            : "";
    Instant created = event.metadata().creationTimestamp();
    try {
      return text.isEmpty() && created != null ? created : Instant.parse(text);
    } catch (DateTimeParseException e) {
      // A client may write events with any text.
      return created == null ? Instant.EPOCH : created;
    }
  }

  private void changed(ChangeEvent event) {
    List<Happening> happenings = Happening.in(event);
    if (happenings.isEmpty()) {
      return;
    }
    if (waiting.incrementAndGet() > MAX_WAITING) {
      waiting.decrementAndGet();
      return;
    }
    executor.execute(() -> {
      waiting.decrementAndGet();
      try {
        happenings.forEach(this::record);
      } catch (RuntimeException broken) {
        LOG.warn("an event could not be recorded", broken);
      }
    });
  }

  private void record(Happening told) {
    Happening happening = told.about().metadata().uid().isEmpty() ? known(told) : told;
    if (happening == null) {
      return;
    }
    Metadata about = happening.about().metadata();
    String identity = about.uid() + happening.type() + happening.reason() + happening.message();
    UUID hash = UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8));
    String suffix = Long.toHexString(hash.getMostSignificantBits());
    ResourceKey key = new ResourceKey(Kind.EVENT, about.namespace(), about.name() + "." + suffix);
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Resource stored = store.read(view -> view.get(key)).orElse(null);
    if (stored == null) {
      Spec first = new Spec.Document(document(happening, now).toString());
      var _ =
          store.create(Resource.of(Kind.EVENT, Metadata.of(key.namespace(), key.name()), first));
    } else {
      ObjectNode again = ResourceJson.fields((Spec.Document) stored.spec());
      again.put("count", again.path("count").asInt(1) + 1);
      again.put("lastTimestamp", now.toString());
      var _ =
          store.update(
              new Resource(
                  stored.kind(),
                  stored.metadata(),
                  new Spec.Document(again.toString()),
                  stored.status()));
    }
    kept.remove(key);
    kept.put(key, now);
    forgetOld(now);
  }

  /** The same about the stored resource, which a change of another one only names. */
  private @Nullable Happening known(Happening told) {
    return store
        .read(view -> view.get(told.about().key()))
        .map(about -> new Happening(about, told.type(), told.reason(), told.message()))
        .orElse(null);
  }

  /** Fields in alphabetical order, as documents are compared by their text. */
  private static ObjectNode document(Happening happening, Instant now) {
    Resource about = happening.about();
    String message = happening.message();
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("count", 1);
    event.put("firstTimestamp", now.toString());
    event
        .putObject("involvedObject")
        .put("apiVersion", about.kind().apiVersion())
        .put("kind", about.kind().kind())
        .put("name", about.metadata().name())
        .put("namespace", about.metadata().namespace())
        .put("resourceVersion", Long.toString(about.metadata().resourceVersion()))
        .put("uid", about.metadata().uid());
    event.put("lastTimestamp", now.toString());
    event.put("message", message.substring(0, Math.min(message.length(), MAX_MESSAGE)));
    event.put("reason", happening.reason());
    event.put("reportingComponent", "leat").put("reportingInstance", "");
    event.putObject("source").put("component", "leat");
    event.put("type", happening.type());
    return event;
  }

  private void forgetOld(Instant now) {
    while (!kept.isEmpty()) {
      Map.Entry<ResourceKey, Instant> oldest = kept.entrySet().iterator().next();
      if (kept.size() <= MAX_EVENTS && oldest.getValue().isAfter(now.minus(KEPT))) {
        return;
      }
      kept.remove(oldest.getKey());
      store
          .read(view -> view.get(oldest.getKey()))
          .ifPresent(event -> store.delete(event.key(), event.metadata().resourceVersion()));
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
