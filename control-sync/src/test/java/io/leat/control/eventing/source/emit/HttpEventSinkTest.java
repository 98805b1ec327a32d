package io.leat.control.eventing.source.emit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.control.eventing.source.SinkServer;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class HttpEventSinkTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);

  private static SourceEvent.Made event(String type, byte @Nullable [] data) {
    String contentType = data == null ? null : "application/json";
    return new SourceEvent.Made("1", "/ticks", type, NOW, contentType, data);
  }

  @Test
  void eventsOfASourceLeaveInBinaryMode() throws Exception {
    try (SinkServer server = new SinkServer();
        HttpEventSink sink = new HttpEventSink(null, CLOCK)) {
      EventSink.Answer answer = sink.send(server.uri(), event("a €\"%", "{}".getBytes(UTF_8)));
      assertThat(answer.taken()).isTrue();
      SinkServer.Taken taken = server.asked().getFirst();
      assertThat(taken.header("ce-specversion")).isEqualTo("1.0");
      assertThat(taken.header("ce-id")).isEqualTo("1");
      assertThat(taken.header("ce-source")).isEqualTo("/ticks");
      assertThat(taken.header("ce-type")).isEqualTo("a%20%E2%82%AC%22%25");
      assertThat(taken.header("ce-time")).isEqualTo("2026-01-01T00:00:00Z");
      assertThat(taken.header("content-type")).isEqualTo("application/json");
      assertThat(taken.text()).isEqualTo("{}");
      sink.send(server.uri(), event("t", null));
      assertThat(server.asked().getLast().header("content-type")).isNull();
    }
  }

  @Test
  void aCloudEventIsPassedAsItIs() throws Exception {
    byte[] json = "{\"specversion\":\"1.0\",\"id\":\"7\"}".getBytes(UTF_8);
    try (SinkServer server = new SinkServer();
        HttpEventSink sink = new HttpEventSink(null, CLOCK)) {
      sink.send(server.uri(), new SourceEvent.Passed(json));
      SinkServer.Taken taken = server.asked().getFirst();
      assertThat(taken.header("content-type")).isEqualTo("application/cloudevents+json");
      assertThat(taken.header("ce-id")).isNull();
      assertThat(taken.body()).isEqualTo(json);
    }
  }

  @Test
  void aNameThatNoDnsKnowsIsReachedThroughAnAddress() throws Exception {
    URI channel = URI.create("http://orders-channel.default.svc.cluster.local/");
    try (SinkServer server = new SinkServer();
        HttpEventSink sink = new HttpEventSink(ProxySelector.of(server.address()), CLOCK)) {
      assertThat(sink.send(channel, event("t", null)).status()).isEqualTo(202);
      SinkServer.Taken taken = server.asked().getFirst();
      assertThat(taken.header("host")).isEqualTo("orders-channel.default.svc.cluster.local");
      assertThat(taken.target()).isEqualTo(channel);
    }
  }

  @Test
  void retryAfterCountsWithTheStatusesThatMeanIt() throws Exception {
    try (SinkServer server = new SinkServer();
        HttpEventSink sink = new HttpEventSink(null, CLOCK)) {
      server.answer(503, "7");
      server.answer(429, "Thu, 01 Jan 2026 00:01:00 GMT");
      server.answer(429, "soon");
      server.answer(500, "7");
      List<String> waits = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        waits.add(String.valueOf(sink.send(server.uri(), event("t", null)).retryAfter()));
      }
      assertThat(waits).containsExactly("PT7S", "PT1M", "null", "null");
    }
  }

  @Test
  void noAnswerIsAnIoException() throws Exception {
    SinkServer server = new SinkServer();
    server.close();
    try (HttpEventSink sink = new HttpEventSink(null, CLOCK)) {
      assertThatThrownBy(() -> sink.send(server.uri(), event("t", null)))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("POST http://127.0.0.1:");
    }
  }
}
