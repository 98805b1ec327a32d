package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The resources of modules in a whole Leat, which is killed meanwhile. */
class ResourcesApiIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String HOSE = "/resources/orn:entropy:firehose:bar:foo";
  private static final String TOOL = "/resources/orn:entropy:process:bar:tool";

  @TempDir Path dir;

  private static JsonNode send(LeatProcess leat, String method, String path, String body)
      throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(leat.admin() + "/api/v1beta1" + path))
              .timeout(PATIENCE)
              .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
              .build();
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return MAPPER.readTree(answer.body());
    }
  }

  private static void awaitCompleted(LeatProcess leat, String path) {
    await()
        .atMost(PATIENCE)
        .until(() ->
            send(leat, "GET", path, "")
                .at("/resource/state/status")
                .asText()
                .equals("STATUS_COMPLETED"));
  }

  @Test
  void firehosesAndProcessesOutliveADeadLeatAsResources() throws Exception {
    Path source = dir.resolve("in.log");
    Path sink = dir.resolve("out.log");
    Path starts = dir.resolve("starts");
    Files.writeString(source, "a\nb\n");
    try (LeatProcess leat = LeatProcess.run(dir.resolve("state"))) {
      send(leat, "POST", "/modules", "{'name':'firehose','project':'bar'}");
      send(leat, "POST", "/modules", "{'name':'process','project':'bar'}");
      send(
          leat,
          "POST",
          "/resources",
          "{'kind':'firehose','parent':'bar','name':'foo','configs':{'log_level':'INFO','source':"
              + "{'type':'file','path':'"
              + source
              + "'},'sink':{'type':'file','path':'"
              + sink
              + "'}}}");
      send(
          leat,
          "POST",
          "/resources",
          "{'kind':'process','project':'bar','name':'tool','configs':{'command':['sh','-c',"
              + "'echo $$$$ >> "
              + starts
              + "; exec sleep 1000']}}");
      awaitCompleted(leat, HOSE);
      awaitCompleted(leat, TOOL);
      await().atMost(PATIENCE).until(() -> Files.exists(sink) && Files.size(sink) == 4);
      assertThat(leat.metric("leat_jobs_total")).isGreaterThanOrEqualTo(2);
      leat.kill();
    }
    long first = Long.parseLong(Files.readAllLines(starts).getFirst());
    await().atMost(PATIENCE).until(() -> ProcessHandle.of(first).isEmpty());
    Files.writeString(source, "c\n", StandardOpenOption.APPEND);
    try (LeatProcess leat = LeatProcess.run(dir.resolve("state"))) {
      await().atMost(PATIENCE).until(() -> Files.readAllLines(sink).size() == 3);
      await().atMost(PATIENCE).until(() -> Files.readAllLines(starts).size() == 2);
      assertThat(Files.readAllLines(sink)).isEqualTo(List.of("a", "b", "c"));
      send(leat, "POST", HOSE + "/execute", "{'action':'increase_log_level'}");
      awaitCompleted(leat, HOSE);
      assertThat(send(leat, "GET", HOSE + "/revisions", "").path("revisions")).hasSize(2);
      assertThat(leat.stop()).isZero();
    }
    long second = Long.parseLong(Files.readAllLines(starts).getLast());
    await().atMost(PATIENCE).until(() -> ProcessHandle.of(second).isEmpty());
  }
}
