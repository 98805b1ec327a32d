package io.leat.proxy.fanout;

import io.leat.proxy.telemetry.Metric;
import io.leat.proxy.telemetry.SeriesSink;
import io.leat.proxy.telemetry.Telemetry;
import java.util.List;
import java.util.function.Supplier;

/** The metrics of Channels, read from their counts when scraped, on the scraping thread. */
public final class ChannelMetrics {
  private final Supplier<List<ChannelCounts>> counts;

  /** The metrics of one engine. */
  public ChannelMetrics(Supplier<List<ChannelCounts>> counts) {
    this.counts = counts;
  }

  /** Registers all of them; once per telemetry. */
  public void register(Telemetry telemetry) {
    telemetry.rows(Metric.CHANNEL_EVENTS, this::events);
    telemetry.rows(Metric.CHANNEL_BACKLOG, this::backlog);
    telemetry.rows(Metric.CHANNEL_LOG_BYTES, this::logBytes);
    telemetry.rows(Metric.DELIVERIES, this::deliveries);
  }

  private void events(SeriesSink rows) {
    for (ChannelCounts each : counts.get()) {
      String channel = each.id().toString();
      rows.row((double) each.accepted(), channel, "accepted");
      if (each.kept().duplicates() > 0) {
        rows.row((double) each.kept().duplicates(), channel, "duplicate");
      }
      if (each.warned() > 0) {
        rows.row((double) each.warned(), channel, "schema_warning");
      }
      each.refused().forEach((reason, count) -> rows.row((double) count, channel, reason.label()));
    }
  }

  private void backlog(SeriesSink rows) {
    for (ChannelCounts each : counts.get()) {
      each.subscriptions()
          .forEach(one -> rows.row((double) one.backlog(), each.id().toString(), one.name()));
    }
  }

  private void logBytes(SeriesSink rows) {
    for (ChannelCounts each : counts.get()) {
      rows.row((double) each.logBytes(), each.id().toString());
    }
  }

  private void deliveries(SeriesSink rows) {
    for (ChannelCounts each : counts.get()) {
      String channel = each.id().toString();
      for (ChannelCounts.SubscriptionCounts one : each.subscriptions()) {
        one.outcomes()
            .forEach(
                (outcome, count) -> rows.row((double) count, channel, one.name(), outcome.label()));
      }
    }
  }
}
