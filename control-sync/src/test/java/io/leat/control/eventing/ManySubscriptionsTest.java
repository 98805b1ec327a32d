package io.leat.control.eventing;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.FakeRuntime;
import io.leat.control.World;
import io.leat.control.reconcile.ChannelsObserved;
import io.leat.control.reconcile.Observations;
import io.leat.control.reconcile.Plan;
import io.leat.control.reconcile.PlanExecutor;
import io.leat.control.reconcile.ScaleConfigurator;
import io.leat.control.resource.Delivery.ResolvedSubscription;
import io.leat.control.resource.EventingSpec.EndpointSpec;
import io.leat.control.resource.EventingSpec.SubscriptionSetSpec;
import io.leat.control.resource.EventingSpec.SubscriptionSpec;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.ObjectRef;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.MemoryStore;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.StoreOutcome;
import io.leat.proxy.table.ChannelSubscriber;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Many Subscriptions of one Channel, at a time and by several writers. */
final class ManySubscriptionsTest {
  private static final int MANY = 1_000;
  private static final int WRITERS = 8;

  /** A thousand by eight writers. */
  private static final int EACH = 125;

  private static Resource subscription(String name, String call) {
    return Resource.of(
        Kind.SUBSCRIPTION,
        Metadata.of("default", name),
        new SubscriptionSpec(
            ObjectRef.to(Kind.CHANNEL, "orders"),
            new EndpointSpec(null, call, null, null, null, null),
            null,
            null));
  }

  private static Set<String> uids(ResourceStore store) {
    Set<String> uids = new TreeSet<>();
    store
        .<List<Resource>>read(view -> view.list(Kind.SUBSCRIPTION))
        .forEach(resource -> uids.add(resource.metadata().uid()));
    return uids;
  }

  @Test
  void aThousandAreCreatedUpdatedAndDeleted() {
    EventingWorld eventing = new EventingWorld();
    World world = eventing.world;
    eventing.apply(ChannelStoriesTest.CHANNELS);
    for (int i = 0; i < MANY; i++) {
      world.write(subscription("s-" + i, "a.example.org"));
    }
    eventing.settle();
    assertThat(calls(eventing)).containsExactly("http://a.example.org/");
    assertThat(entries(eventing)).isEqualTo(uids(world.store())).hasSize(MANY);
    for (int i = 0; i < MANY; i += 2) {
      Resource stored = world.get(Kind.SUBSCRIPTION, "s-" + i);
      world.write(
          new Resource(
              stored.kind(),
              stored.metadata(),
              subscription("s-" + i, "b.example.org").spec(),
              stored.status()));
    }
    eventing.settle();
    assertThat(calls(eventing)).containsExactly("http://a.example.org/", "http://b.example.org/");
    assertThat(entries(eventing)).isEqualTo(uids(world.store())).hasSize(MANY);
    for (int i = 0; i < MANY; i++) {
      assertThat(world.condition(Kind.SUBSCRIPTION, "s-" + i, "Ready")).isEqualTo("True/");
      if (i % 3 > 0) {
        var _ = world.store().delete(new ResourceKey(Kind.SUBSCRIPTION, "default", "s-" + i), 0);
      }
    }
    eventing.settle();
    assertThat(entries(eventing)).isEqualTo(uids(world.store())).hasSize(MANY / 3 + 1);
  }

  private static Set<String> calls(EventingWorld eventing) {
    Set<String> calls = new TreeSet<>();
    eventing
        .channel("orders")
        .subscribers()
        .forEach(each -> calls.add(String.valueOf(each.call())));
    return calls;
  }

  private static Set<String> entries(EventingWorld eventing) {
    Set<String> uids = new TreeSet<>();
    eventing.channel("orders").subscribers().stream()
        .map(ChannelSubscriber::uid)
        .forEach(uids::add);
    return uids;
  }

  @Test
  void noneOfEightWritersLosesAnEntry() throws Exception {
    ResourceStore store = new MemoryStore(Instant::now, () -> UUID.randomUUID().toString());
    var channel = store.create(EventingWorld.read(ChannelStoriesTest.CHANNELS).getFirst());
    assertThat(channel.succeeded()).isTrue();
    Plan first = planOf(new ResourceKey(Kind.CHANNEL, "default", "orders"), store);
    assertThat(executor(store).execute(first)).isInstanceOf(PlanExecutor.Result.Done.class);
    List<Callable<Integer>> writers = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      int number = writer;
      writers.add(() -> write(store, number));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
      for (Future<Integer> done : threads.invokeAll(writers)) {
        assertThat(done.get()).isEqualTo(EACH);
      }
    }
    Set<String> entries = new TreeSet<>();
    set(store).forEach(entry -> entries.add(entry.uid()));
    assertThat(entries).isEqualTo(uids(store)).hasSize(WRITERS * (EACH - EACH / 2));
  }

  /** Creates Subscriptions and deletes every other one, and writes the set after each. */
  private static int write(ResourceStore store, int writer) {
    PlanExecutor executor = executor(store);
    for (int i = 0; i < EACH; i++) {
      String name = "w-" + writer + "-" + i;
      StoreOutcome created = store.create(subscription(name, "a.example.org"));
      String uid = ((StoreOutcome.Written) created).resource().metadata().uid();
      settle(store, executor);
      if (set(store).stream().noneMatch(entry -> entry.uid().equals(uid))) {
        throw new AssertionError(name + " was lost");
      }
      if (i % 2 == 1) {
        var _ = store.delete(new ResourceKey(Kind.SUBSCRIPTION, "default", name), 0);
        settle(store, executor);
      }
    }
    return EACH;
  }

  private static void settle(ResourceStore store, PlanExecutor executor) {
    ResourceKey key = new ResourceKey(Kind.SUBSCRIPTION_SET, "default", "orders");
    PlanExecutor.Result result;
    do {
      result = executor.execute(planOf(key, store));
    } while (!(result instanceof PlanExecutor.Result.Done));
  }

  private static Plan planOf(ResourceKey key, ResourceStore store) {
    return store.read(view -> {
      Resource resource = view.get(key).orElseThrow();
      return key.kind() == Kind.CHANNEL
          ? new ChannelReconciler(Kind.CHANNEL, World.CONFIG).plan(resource, view, nothing())
          : new SubscriptionSetReconciler(World.CONFIG).plan(resource, view, nothing());
    });
  }

  private static List<ResolvedSubscription> set(ResourceStore store) {
    ResourceKey key = new ResourceKey(Kind.SUBSCRIPTION_SET, "default", "orders");
    return store.read(
        view -> ((SubscriptionSetSpec) view.get(key).orElseThrow().spec()).subscribers());
  }

  private static PlanExecutor executor(ResourceStore store) {
    ScaleConfigurator scaler =
        (ScaleConfigurator)
            Proxy.newProxyInstance(
                ScaleConfigurator.class.getClassLoader(),
                new Class<?>[] {ScaleConfigurator.class},
                (proxy, method, arguments) -> {
                  throw new AssertionError("nothing is scaled here");
                });
    return new PlanExecutor(store, new FakeRuntime(), scaler);
  }

  /** Nothing outside the store is known. */
  private static Observations nothing() {
    return (Observations)
        Proxy.newProxyInstance(
            Observations.class.getClassLoader(),
            new Class<?>[] {Observations.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "publication" -> Observations.Publication.NONE;
                  case "channels" -> ChannelsObserved.UNKNOWN;
                  default -> throw new AssertionError("not asked: " + method);
                });
  }
}
