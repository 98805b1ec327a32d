package io.leat.proxy.telemetry;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Every metric that Leat defines: the only place of its name, type, help and labels.
 *
 * <p>{@code docs/reference/metrics.md} is rendered from this table. A label value comes from the
 * route table or from a fixed set of the code, never from a client. The label {@code revision} is
 * {@code namespace/name}, {@code route} is the route of the entry that took the request.
 */
public enum Metric {
  REQUESTS(
      "leat_requests_total",
      Type.COUNTER,
      "Requests that were routed and finished; code_class is 1xx to 5xx, or none without an"
          + " answer.",
      "route",
      "revision",
      "code_class"),
  REQUEST_DURATION(
      "leat_request_duration_seconds",
      Type.HISTOGRAM,
      "From the head of a request to the end of its answer, for routes with"
          + " leat.dev/duration-histogram; tunnels are left out.",
      "route",
      "revision"),
  REJECTIONS(
      "leat_rejections_total",
      Type.COUNTER,
      "Requests that Leat answered itself with an error.",
      "reason"),
  ACCESS_LOG_DROPPED(
      "leat_access_log_dropped_total",
      Type.COUNTER,
      "Requests that the access log left out because its queue was full or its file failed."),
  TABLE_VERSION("leat_table_version", Type.GAUGE, "Version of the live route table."),
  TABLE_SWAPS(
      "leat_table_swaps_total",
      Type.COUNTER,
      "Table updates that were applied or refused.",
      "outcome"),
  TABLE_AGE("leat_table_age_seconds", Type.GAUGE, "Time since the live route table was applied."),
  TABLE_HOSTS("leat_table_hosts", Type.GAUGE, "Virtual hosts of the live route table."),
  CONNECTIONS(
      "leat_connections", Type.GAUGE, "Open connections of clients.", "listener", "protocol"),
  CONNECTIONS_CLOSED(
      "leat_connections_closed_total",
      Type.COUNTER,
      "Connections that Leat closed although their clients kept them: slow_body, slow_reader,"
          + " tunnel_idle, idle, or shed for memory.",
      "reason"),
  ACCEPT_PAUSES(
      "leat_accept_pauses_total",
      Type.COUNTER,
      "How often accepting stopped: at proxy.max-connections, for memory, or because accepting"
          + " failed for want of descriptors.",
      "reason"),
  OVERLOAD_LEVEL(
      "leat_overload_level",
      Type.GAUGE,
      "0 none, 1 bodies are not read, 2 nobody is accepted, 3 idle connections are closed, 4"
          + " requests are answered 503."),
  OVERLOAD_STEPS(
      "leat_overload_steps_total",
      Type.COUNTER,
      "How often memory became so short that the step began.",
      "step"),
  BUFFERED_BYTES(
      "leat_buffered_bytes", Type.GAUGE, "Direct memory that the buffer allocator holds."),
  UPSTREAM_CONNECTIONS(
      "leat_upstream_connections",
      Type.GAUGE,
      "Open connections to endpoints: active carry a request, idle are pooled.",
      "state"),
  UPSTREAM_RETRIES(
      "leat_upstream_retries_total",
      Type.COUNTER,
      "Requests that met a dead connection: resent on a new one, sent to other_endpoint, or given"
          + " up because of the budget (budget_exhausted).",
      "outcome"),
  UPSTREAM_TAKEOVERS(
      "leat_upstream_takeovers_total",
      Type.COUNTER,
      "Requests that asked another event loop for an idle connection, since their endpoint has as"
          + " many as allowed: moved, or missed and connected.",
      "outcome"),
  UPSTREAM_EJECTIONS(
      "leat_upstream_ejections_total",
      Type.COUNTER,
      "Endpoints that were taken out of the choice for a while because they failed in a row."),
  MIRRORED(
      "leat_mirrored_requests_total",
      Type.COUNTER,
      "Requests that were to be sent a second time: sent and answered, failed, or"
          + " dropped_unavailable, dropped_limit, dropped_slow, dropped_unfinished.",
      "outcome"),
  HELD_REQUESTS("leat_held_requests", Type.GAUGE, "Requests that wait for capacity.", "revision"),
  HELD_BYTES("leat_held_bytes", Type.GAUGE, "Memory that waiting requests keep."),
  HOLD_SECONDS(
      "leat_hold_seconds",
      Type.HISTOGRAM,
      "How long requests waited before they were forwarded or refused."),
  COLD_START_SECONDS(
      "leat_cold_start_seconds",
      Type.HISTOGRAM,
      "Phases of waking a dormant revision: decide, start, ready, first_byte.",
      "phase"),
  REVISION_SCALE(
      "leat_revision_scale",
      Type.GAUGE,
      "Instances of a revision: desired by the autoscaler, ready in the live table.",
      "revision",
      "kind"),
  RECONCILES(
      "leat_reconciles_total", Type.COUNTER, "Reconciliations of resources.", "kind", "outcome"),
  JOBS("leat_jobs_total", Type.COUNTER, "Attempts at jobs that ended.", "kind", "outcome"),
  JOBS_OPEN("leat_jobs_open", Type.GAUGE, "Jobs that are not finished.", "kind"),
  CHANNEL_EVENTS(
      "leat_channel_events_total",
      Type.COUNTER,
      "Events that a Channel accepted, those of them with a schema_warning, each duplicate that it"
          + " acknowledged and did not keep again, and requests that it refused, by reason.",
      "channel",
      "outcome"),
  CHANNEL_BACKLOG(
      "leat_channel_backlog_events",
      Type.GAUGE,
      "Events that a subscription has not finished.",
      "channel",
      "subscription"),
  CHANNEL_LOG_BYTES(
      "leat_channel_log_bytes", Type.GAUGE, "What the log of a Channel occupies.", "channel"),
  LOG_FSYNC(
      "leat_log_fsync_seconds",
      Type.HISTOGRAM,
      "How long the syncs of the logs of Channels took; one sync makes a group of appends"
          + " durable."),
  DELIVERIES(
      "leat_deliveries_total",
      Type.COUNTER,
      "Deliveries of a subscription: delivered, forwarded, retried, held, dead_lettered, dropped,"
          + " expired, violation, unknown_route.",
      "channel",
      "subscription",
      "outcome"),
  PUBLISH_LAG(
      "leat_publish_lag_versions",
      Type.GAUGE,
      "Table versions that the slowest connected proxy is behind."),
  KN_REQUEST_ACTIVE(
      "kn_revision_request_active",
      Type.GAUGE,
      "Requests of a revision that an endpoint works on.",
      "k8s_namespace_name",
      "kn_revision_name"),
  KN_REQUEST_QUEUED(
      "kn_revision_request_queued",
      Type.GAUGE,
      "Requests of a revision that wait for capacity.",
      "k8s_namespace_name",
      "kn_revision_name"),
  KN_REQUEST_CONCURRENCY(
      "kn_revision_request_concurrency",
      Type.GAUGE,
      "Requests of a revision in this proxy, active and queued.",
      "k8s_namespace_name",
      "kn_revision_name"),
  PROCESS_CPU(
      "process_cpu_seconds_total", Type.COUNTER, "User and system processor time of this process.");

  /** How a metric behaves over time. */
  public enum Type {
    /** Only grows. */
    COUNTER,
    /** Goes up and down. */
    GAUGE,
    /** Counts of observations per bucket, in seconds. */
    HISTOGRAM;

    /** The type as Prometheus spells it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String series;
  private final Type type;
  private final String help;
  private final List<String> labels;

  Metric(String series, Type type, String help, String... labels) {
    this.series = series;
    this.type = type;
    this.help = help;
    this.labels = List.copyOf(Arrays.asList(labels));
  }

  /** The name as it is exposed. */
  public String series() {
    return series;
  }

  /** How it behaves. */
  public Type type() {
    return type;
  }

  /** One sentence for people. */
  public String help() {
    return help;
  }

  /** Names of its labels, in the order in which values are given. */
  public List<String> labels() {
    return labels;
  }

  /** {@code docs/reference/metrics.md}. */
  public static String markdown() {
    StringBuilder out = new StringBuilder();
    out.append("# Metrics\n\n");
    out.append("`GET /metrics` on the admin port, in Prometheus text format. Label values come\n");
    out.append("from the route table, never from a client; `revision` is `namespace/name`.\n\n");
    out.append("| metric | type | labels | what it tells |\n|---|---|---|---|\n");
    for (Metric metric : values()) {
      out.append("| `").append(metric.series).append("` | ").append(metric.type.label());
      out.append(" | ").append(labelCell(metric.labels));
      out.append(" | ").append(metric.help).append(" |\n");
    }
    out.append("\nWith `telemetry.jvm-metrics` (the default) also `jvm_*`, `process_*` and\n");
    out.append("`system_*`: memory, garbage collection, threads, processor, uptime, open files.\n");
    return out.toString();
  }

  private static String labelCell(List<String> labels) {
    return labels.isEmpty() ? "" : "`" + String.join("` `", labels) + "`";
  }
}
