package io.leat.control.api.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The informers of a client library that is not ours, over connections that are cut at random.
 * Changes: {@code -Dleat.informer.changes}, 400 by default.
 */
@Timeout(300)
class FabricInformersTest {
  private static final int CHANGES = Integer.getInteger("leat.informer.changes", 400);
  private static final int NAMES = 30;
  private static final int CHANGES_PER_CUT = 25;
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";

  /** A client whose informer notes the versions that it is told of. */
  private static final class Watcher implements ResourceEventHandler<ConfigMap>, AutoCloseable {
    final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final Map<String, Long> told = new ConcurrentHashMap<>();
    private final KubernetesClient client;
    private final SharedIndexInformer<ConfigMap> informer;

    Watcher(int port) {
      Config config =
          new ConfigBuilder(Config.empty())
              .withMasterUrl("http://127.0.0.1:" + port)
              .withNamespace("default")
              .withWatchReconnectInterval(5)
              .withRequestRetryBackoffLimit(50)
              .withRequestRetryBackoffInterval(5)
              .build();
      this.client = new KubernetesClientBuilder().withConfig(config).build();
      this.informer = client.configMaps().inNamespace("default").inform(this);
    }

    @Override
    public void onAdd(ConfigMap map) {
      note("added", map);
    }

    @Override
    public void onUpdate(ConfigMap before, ConfigMap map) {
      note("updated", map);
    }

    @Override
    public void onDelete(ConfigMap map, boolean finalStateUnknown) {
      if (told.remove(map.getMetadata().getName()) == null) {
        faults.add("deleted twice: " + map.getMetadata().getName());
      }
    }

    private void note(String what, ConfigMap map) {
      long version = version(map);
      Long before = told.put(map.getMetadata().getName(), version);
      if (before != null && before >= version) {
        faults.add(what + " " + map.getMetadata().getName() + " " + before + ", then " + version);
      }
    }

    private static long version(ConfigMap map) {
      return Long.parseLong(map.getMetadata().getResourceVersion());
    }

    /** Name and version of everything in its cache. */
    Map<String, Long> known() {
      Map<String, Long> known = new TreeMap<>();
      informer
          .getStore()
          .list()
          .forEach(map -> known.put(map.getMetadata().getName(), version(map)));
      return known;
    }

    Map<String, Long> told() {
      return new TreeMap<>(told);
    }

    @Override
    public void close() {
      informer.close();
      client.close();
    }
  }

  @Test
  void everyInformerConvergesThroughCuts() throws Exception {
    long seed = Long.getLong("leat.seed", System.nanoTime());
    System.out.println("seed " + seed + ", changes " + CHANGES);
    Random random = new Random(seed);
    // Few events are retained, so that who comes back late must list again.
    try (ApiServer api = new ApiServer(100);
        CutRelay relay = new CutRelay(api.uri("/").getPort())) {
      List<Watcher> watchers = new ArrayList<>();
      try {
        for (int i = 0; i < 3; i++) {
          watchers.add(new Watcher(relay.port()));
        }
        int cuts = 0;
        for (int i = 0; i < CHANGES; i++) {
          change(api, random, i);
          if (random.nextInt(CHANGES_PER_CUT) == 0 && relay.cutOne(random)) {
            cuts++;
          }
        }
        for (Watcher watcher : watchers) {
          Awaitility.await()
              .atMost(Duration.ofSeconds(60))
              .untilAsserted(() -> {
                assertThat(watcher.known()).isEqualTo(stored(api));
                assertThat(watcher.told()).isEqualTo(stored(api));
              });
          assertThat(watcher.faults).as("seed " + seed).isEmpty();
        }
        System.out.println("connections cut: " + cuts);
        assertThat(cuts).isPositive();
      } finally {
        watchers.forEach(Watcher::close);
      }
    }
  }

  private static Map<String, Long> stored(ApiServer api) {
    Map<String, Long> stored = new TreeMap<>();
    for (Resource map : api.store.<List<Resource>>read(view -> view.list(Kind.CONFIG_MAP))) {
      stored.put(map.metadata().name(), map.metadata().resourceVersion());
    }
    return stored;
  }

  private static void change(ApiServer api, Random random, int turn) {
    String name = "c" + random.nextInt(NAMES);
    String body = "{'metadata':{'name':'" + name + "'},'data':{'value':'v" + turn + "'}}";
    if (api.get(MAPS + "/" + name).status() == 404) {
      assertThat(api.post(MAPS, body).status()).isEqualTo(201);
    } else if (random.nextInt(4) == 0) {
      assertThat(api.delete(MAPS + "/" + name).status()).isEqualTo(200);
    } else {
      assertThat(api.merge(MAPS + "/" + name, body).status()).isEqualTo(200);
    }
  }
}
