package io.leat.control.eventing.schema;

import io.leat.control.eventing.schema.Verdict.Outcome;
import io.leat.control.resource.EventingSpec.EventTypeSpec;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.resource.eventing.ChannelModel;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.ResourceView;
import io.leat.proxy.fanout.EventCheck;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.table.ChannelId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges events of the Channels that name EventTypes, by their schemas and by the policy of each
 * Channel.
 *
 * <p>Schemas are run by the executor only, never by who asks, since small data may take long. What
 * waits there is bounded. The executor runs one task at a time; any thread asks.
 */
public final class EventPolicies implements EventCheck, AutoCloseable {
  /** The annotation of a Channel: {@code warn}, also when it is left out, or {@code reject}. */
  public static final String ANNOTATION = "eventing.knative.dev/schema-policy";

  /** Bytes of data that wait to be judged at most, but for one request. */
  public static final long MAX_WAITING = 32 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(EventPolicies.class);

  /** What an event weighs besides its data. */
  private static final int EVENT_BYTES = 1024;

  private static final int PROBLEM_CHARS = 300;

  private final Executor executor;
  private final EventSchemas schemas = new EventSchemas();
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicBoolean stale = new AtomicBoolean();
  private volatile Map<ChannelId, Rule> rules = Map.of();
  private ResourceStore.@Nullable Watch watch;

  /** What a Channel says of its events. */
  private record Rule(SchemaPolicy policy, Set<String> types) {}

  /**
   * Policies of no Channel.
   *
   * @param executor runs one task after the other
   */
  public EventPolicies(Executor executor) {
    this.executor = executor;
  }

  /** Takes over what a store holds, and follows it; once. */
  public void follow(ResourceStore store) {
    watch =
        store.watch(change -> {
          if (matters(change) && stale.compareAndSet(false, true)) {
            run(() -> refresh(store));
          }
        });
    refresh(store);
  }

  private boolean matters(ChangeEvent change) {
    Kind kind = change.resource().kind();
    boolean names = kind == Kind.CHANNEL && names(change.resource());
    return names || (!rules.isEmpty() && (kind == Kind.CHANNEL || kind == Kind.EVENT_TYPE));
  }

  private static boolean names(Resource channel) {
    return !ChannelModel.of(channel).eventTypes().isEmpty();
  }

  private void run(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("schemas are not followed any more", e);
    }
  }

  private synchronized void refresh(ResourceStore store) {
    stale.set(false);
    Map<String, String> texts = new HashMap<>();
    Map<ChannelId, Rule> next = store.read(view -> rules(view, texts));
    schemas.apply(texts).forEach((type, why) -> LOG.warn("EventType {} {}", type, why));
    rules = Map.copyOf(next);
  }

  private static Map<ChannelId, Rule> rules(ResourceView view, Map<String, String> texts) {
    Map<ChannelId, Rule> rules = new HashMap<>();
    for (Resource channel : view.list(Kind.CHANNEL)) {
      ChannelModel model = ChannelModel.of(channel);
      if (model.eventTypes().isEmpty()) {
        continue;
      }
      String word = channel.metadata().annotations().getOrDefault(ANNOTATION, "");
      SchemaPolicy policy = SchemaPolicy.named(word).orElse(SchemaPolicy.WARN);
      rules.put(model.id(), new Rule(policy, Set.copyOf(model.eventTypes())));
      for (String type : model.eventTypes()) {
        String namespace = channel.metadata().namespace();
        view.get(new ResourceKey(Kind.EVENT_TYPE, namespace, type))
            .map(found -> ((EventTypeSpec) found.spec()).jsonSchema())
            .ifPresent(text -> texts.put(key(namespace, type), text));
      }
    }
    return rules;
  }

  private static String key(String namespace, String type) {
    return namespace + "/" + type;
  }

  @Override
  public boolean concerns(ChannelId channel) {
    return rules.containsKey(channel);
  }

  @Override
  public void judge(ChannelId channel, List<CloudEvent> events, Consumer<Judged> then) {
    Rule rule = rules.get(channel);
    if (rule == null || events.stream().noneMatch(each -> rule.types().contains(type(each)))) {
      then.accept(new Judged.Fine(0));
      return;
    }
    long bytes = bytes(events);
    if (waiting.addAndGet(bytes) > MAX_WAITING && waiting.get() > bytes) {
      waiting.addAndGet(-bytes);
      then.accept(new Judged.Busy());
      return;
    }
    try {
      executor.execute(() -> {
        waiting.addAndGet(-bytes);
        then.accept(judged(channel, rule, events));
      });
    } catch (RejectedExecutionException stopping) {
      waiting.addAndGet(-bytes);
      then.accept(new Judged.Busy());
    }
  }

  private static long bytes(List<CloudEvent> events) {
    long bytes = 0;
    for (CloudEvent each : events) {
      byte[] data = each.data();
      bytes += EVENT_BYTES + (data == null ? 0 : data.length);
    }
    return bytes;
  }

  private static String type(CloudEvent event) {
    return String.valueOf(event.attribute("type"));
  }

  private Judged judged(ChannelId channel, Rule rule, List<CloudEvent> events) {
    int warnings = 0;
    for (CloudEvent each : events) {
      if (!rule.types().contains(type(each))) {
        continue;
      }
      Verdict verdict =
          schemas.check(
              key(channel.namespace(), type(each)), each.attribute("datacontenttype"), each.data());
      if (rule.policy().refuses(verdict)) {
        return new Judged.Broken(problem(each, verdict));
      }
      warnings += verdict.outcome() == Outcome.INVALID ? 1 : 0;
    }
    return new Judged.Fine(warnings);
  }

  private static String problem(CloudEvent event, Verdict verdict) {
    String text =
        "event " + event.id() + " of type " + type(event) + ": " + verdict.problems().getFirst();
    String safe = text.replaceAll("[^\\x20-\\x7e]", "?");
    return safe.length() > PROBLEM_CHARS ? safe.substring(0, PROBLEM_CHARS) + "..." : safe;
  }

  /** Follows the store no more. */
  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
  }
}
