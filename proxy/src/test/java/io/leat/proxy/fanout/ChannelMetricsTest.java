package io.leat.proxy.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.telemetry.Telemetry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a scrape says of Channels. */
final class ChannelMetricsTest {

  private static String scrape(Telemetry telemetry) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    telemetry.scrape(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void everySeriesNamesItsChannelAndItsSubscription() throws IOException {
    try (ChannelFixture channels = new ChannelFixture();
        TestSubscriber sink = TestSubscriber.accepting();
        Telemetry telemetry = new Telemetry(false)) {
      new ChannelMetrics(() -> channels.engine().counts()).register(telemetry);
      channels.channel(
          "c",
          Subscribers.calling("s", sink.uri(), null, Subscribers.policy(0, Duration.ZERO, null)));
      assertThat(channels.post("c", ChannelFixture.event("e")).status()).isEqualTo(202);
      assertThat(channels.request("c", "GET / HTTP/1.1\r\nHost: c\r\n\r\n", new byte[0]).status())
          .isEqualTo(405);
      await().until(() -> channels.backlog("c") == 0);
      assertThat(scrape(telemetry))
          .contains(
              "leat_channel_events_total{channel=\"default/c\",outcome=\"accepted\"} 1.0",
              "leat_channel_events_total{channel=\"default/c\",outcome=\"event_method\"} 1.0",
              "leat_channel_backlog_events{channel=\"default/c\",subscription=\"default/s\"} 0.0",
              "outcome=\"delivered\",subscription=\"default/s\"} 1.0");
    }
  }
}
