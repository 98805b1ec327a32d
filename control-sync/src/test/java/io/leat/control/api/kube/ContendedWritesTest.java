package io.leat.control.api.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.api.kube.ApiServer.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Eight writers that read, change and write back the same object: whoever comes late is told so,
 * and nobody's update is lost. Updates of each: {@code -Dleat.contended.updates}, 15 by default.
 */
@Timeout(900)
class ContendedWritesTest {
  private static final int WRITERS = 8;
  private static final int UPDATES = Integer.getInteger("leat.contended.updates", 15);
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String MAP = MAPS + "/shared";

  @Test
  void noUpdateIsLost() throws Exception {
    AtomicInteger conflicts = new AtomicInteger();
    try (ApiServer api = new ApiServer(1_000);
        ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(api.post(MAPS, "{'metadata':{'name':'shared'},'data':{'sum':'0'}}").status())
          .isEqualTo(201);
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        String own = "writer-" + i;
        all.add(writers.submit(() -> write(api, own, conflicts)));
      }
      for (Future<?> writer : all) {
        writer.get();
      }
      JsonNode data = api.get(MAP).body().path("data");
      for (int i = 0; i < WRITERS; i++) {
        assertThat(data.path("writer-" + i).asInt()).isEqualTo(UPDATES);
      }
      assertThat(data.path("sum").asInt()).isEqualTo(WRITERS * UPDATES);
      // One version for the namespace, one for the creation, one for each update and no other.
      assertThat(api.get(MAP).body().at("/metadata/generation").asInt())
          .isEqualTo(1 + WRITERS * UPDATES);
    }
    System.out.println(WRITERS * UPDATES + " updates, " + conflicts.get() + " conflicts");
    assertThat(conflicts.get()).isPositive();
  }

  private static void write(ApiServer api, String own, AtomicInteger conflicts) {
    int done = 0;
    while (done < UPDATES) {
      ObjectNode map = (ObjectNode) api.get(MAP).body();
      ObjectNode data = (ObjectNode) map.path("data");
      data.put(own, Integer.toString(data.path(own).asInt() + 1));
      data.put("sum", Integer.toString(data.path("sum").asInt() + 1));
      Answer answer = api.put(MAP, map.toString());
      if (answer.status() == 200) {
        done++;
      } else {
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(409);
        assertThat(answer.body().path("reason").asText()).isEqualTo("Conflict");
        conflicts.incrementAndGet();
      }
    }
  }
}
