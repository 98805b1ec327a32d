package io.leat.proxy.config;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/** The configuration of one process, read once at start; see {@link ConfigKey} for each setting. */
public record LeatConfig(
    Proxy proxy,
    HoldLimits hold,
    ChannelBounds channels,
    Scale scale,
    Admin admin,
    Control control,
    Revisions revisions,
    Jobs jobs,
    Logs logs,
    AccessLog accessLog,
    Telemetry telemetry) {

  /** The data ports. */
  public record Proxy(
      String bind,
      int httpPort,
      int httpsPort,
      int eventLoops,
      String transport,
      int trustedHops,
      boolean debugHeaders,
      Duration drainDelay,
      Duration drainTimeout,
      ProxyLimits limits) {}

  /** Decisions about scale; {@code targetUtilization} in percent. */
  public record Scale(Duration grace, Duration tick, int targetUtilization, int defaultTarget) {}

  /** The admin port. */
  public record Admin(String bind, int port) {}

  /** The control plane. */
  public record Control(
      String domain,
      String stateDir,
      Duration progressDeadline,
      Duration rolloutDuration,
      boolean tagHeaders) {}

  /** Which revisions without a route are kept; see {@link ConfigKey}. */
  public record Revisions(
      Duration retainSinceCreate,
      Duration retainSinceLastActive,
      int minNonActive,
      int maxNonActive) {}

  /** The workers on resources of modules; no {@code maxAttempts} when it is 0. */
  public record Jobs(int workers, Duration lease, Duration backoff, int maxAttempts) {}

  /** The logs of local processes, per revision. */
  public record Logs(long maxBytes, int maxFiles) {}

  /** The access log; {@code path} is empty when it is off. {@code taps} may watch at a time. */
  public record AccessLog(String path, String format, double sample, int taps) {}

  /** What the process tells about itself. */
  public record Telemetry(boolean jvmMetrics, double traceSample) {}

  static LeatConfig of(Map<ConfigKey, ConfigValue> values) {
    Typed typed = new Typed(values);
    return new LeatConfig(
        proxy(typed),
        hold(typed),
        channels(typed),
        new Scale(
            typed.time(ConfigKey.SCALE_GRACE),
            typed.time(ConfigKey.SCALE_TICK),
            typed.integer(ConfigKey.SCALE_TARGET_UTILIZATION),
            typed.integer(ConfigKey.SCALE_DEFAULT_TARGET)),
        new Admin(typed.text(ConfigKey.ADMIN_BIND), typed.integer(ConfigKey.ADMIN_PORT)),
        new Control(
            typed.text(ConfigKey.CONTROL_DOMAIN),
            typed.text(ConfigKey.CONTROL_STATE_DIR),
            typed.time(ConfigKey.CONTROL_PROGRESS_DEADLINE),
            typed.time(ConfigKey.CONTROL_ROLLOUT_DURATION),
            typed.isOn(ConfigKey.CONTROL_TAG_HEADERS)),
        new Revisions(
            typed.time(ConfigKey.REVISIONS_RETAIN_SINCE_CREATE),
            typed.time(ConfigKey.REVISIONS_RETAIN_SINCE_LAST_ACTIVE),
            typed.integer(ConfigKey.REVISIONS_MIN_NON_ACTIVE),
            typed.integer(ConfigKey.REVISIONS_MAX_NON_ACTIVE)),
        new Jobs(
            typed.integer(ConfigKey.JOBS_WORKERS),
            typed.time(ConfigKey.JOBS_LEASE),
            typed.time(ConfigKey.JOBS_BACKOFF),
            typed.integer(ConfigKey.JOBS_MAX_ATTEMPTS)),
        new Logs(typed.bytes(ConfigKey.LOGS_MAX_BYTES), typed.integer(ConfigKey.LOGS_MAX_FILES)),
        new AccessLog(
            typed.text(ConfigKey.ACCESS_LOG_PATH),
            typed.text(ConfigKey.ACCESS_LOG_FORMAT),
            typed.share(ConfigKey.ACCESS_LOG_SAMPLE),
            typed.integer(ConfigKey.ACCESS_LOG_TAPS)),
        new Telemetry(
            typed.isOn(ConfigKey.TELEMETRY_JVM_METRICS),
            typed.share(ConfigKey.TELEMETRY_TRACE_SAMPLE)));
  }

  private static Proxy proxy(Typed typed) {
    return new Proxy(
        typed.text(ConfigKey.PROXY_BIND),
        typed.integer(ConfigKey.PROXY_HTTP_PORT),
        typed.integer(ConfigKey.PROXY_HTTPS_PORT),
        typed.integer(ConfigKey.PROXY_EVENT_LOOPS),
        typed.text(ConfigKey.PROXY_TRANSPORT),
        typed.integer(ConfigKey.PROXY_TRUSTED_HOPS),
        typed.isOn(ConfigKey.PROXY_DEBUG_HEADERS),
        typed.time(ConfigKey.PROXY_DRAIN_DELAY),
        typed.time(ConfigKey.PROXY_DRAIN_TIMEOUT),
        limits(typed));
  }

  private static ProxyLimits limits(Typed typed) {
    return new ProxyLimits(
        (int) typed.bytes(ConfigKey.PROXY_REQUEST_LINE_BYTES),
        (int) typed.bytes(ConfigKey.PROXY_HEADER_BYTES),
        (int) typed.bytes(ConfigKey.PROXY_HEADER_LINE_BYTES),
        typed.integer(ConfigKey.PROXY_HEADER_COUNT),
        typed.bytes(ConfigKey.PROXY_BODY_BYTES),
        typed.time(ConfigKey.PROXY_HEADER_TIMEOUT),
        typed.time(ConfigKey.PROXY_IDLE_TIMEOUT),
        typed.time(ConfigKey.PROXY_CONNECT_TIMEOUT),
        typed.time(ConfigKey.PROXY_UPSTREAM_IDLE_TIMEOUT),
        typed.integer(ConfigKey.PROXY_IDLE_PER_ENDPOINT),
        typed.integer(ConfigKey.PROXY_MAX_CONNECTIONS_PER_ENDPOINT),
        new ClientLimits(
            typed.integer(ConfigKey.PROXY_MIN_BODY_RATE),
            typed.time(ConfigKey.PROXY_WRITE_TIMEOUT),
            typed.time(ConfigKey.PROXY_TUNNEL_IDLE_TIMEOUT),
            typed.integer(ConfigKey.PROXY_MAX_CONNECTIONS),
            typed.bytes(ConfigKey.PROXY_MAX_BUFFERED_BYTES)),
        new MirrorLimits(
            typed.integer(ConfigKey.PROXY_MIRROR_REQUESTS),
            typed.bytes(ConfigKey.PROXY_MIRROR_BYTES)));
  }

  private static HoldLimits hold(Typed typed) {
    return new HoldLimits(
        typed.integer(ConfigKey.HOLD_REVISION_REQUESTS),
        typed.bytes(ConfigKey.HOLD_REVISION_BYTES),
        typed.integer(ConfigKey.HOLD_TOTAL_REQUESTS),
        typed.bytes(ConfigKey.HOLD_TOTAL_BYTES),
        typed.time(ConfigKey.HOLD_MAX_AGE));
  }

  private static ChannelBounds channels(Typed typed) {
    return new ChannelBounds(
        new ChannelBounds.Intake(
            typed.bytes(ConfigKey.CHANNELS_REQUEST_BYTES),
            typed.integer(ConfigKey.CHANNELS_BATCH_EVENTS)),
        new ChannelBounds.Delivery(
            typed.bytes(ConfigKey.CHANNELS_IN_FLIGHT_BYTES),
            typed.integer(ConfigKey.CHANNELS_IN_FLIGHT_EVENTS),
            typed.integer(ConfigKey.CHANNELS_WAITING_EVENTS),
            (int) typed.bytes(ConfigKey.CHANNELS_REPLY_BYTES),
            typed.integer(ConfigKey.CHANNELS_MAX_RETRIES),
            typed.time(ConfigKey.CHANNELS_MAX_BACKOFF),
            typed.time(ConfigKey.CHANNELS_DEAD_LETTER_BACKOFF),
            typed.integer(ConfigKey.CHANNELS_MAX_HOPS)),
        new ChannelBounds.Groups(
            typed.integer(ConfigKey.CHANNELS_GROUPS),
            typed.integer(ConfigKey.CHANNELS_GROUP_EVENTS),
            typed.bytes(ConfigKey.CHANNELS_GROUP_BYTES)),
        typed.integer(ConfigKey.CHANNELS_RECEIPTS));
  }

  private record Typed(Map<ConfigKey, ConfigValue> values) {
    private Object value(ConfigKey key) {
      return Objects.requireNonNull(values.get(key), key::key).value();
    }

    int integer(ConfigKey key) {
      return (Integer) value(key);
    }

    long bytes(ConfigKey key) {
      return (Long) value(key);
    }

    Duration time(ConfigKey key) {
      return (Duration) value(key);
    }

    boolean isOn(ConfigKey key) {
      return (Boolean) value(key);
    }

    double share(ConfigKey key) {
      return (Double) value(key);
    }

    String text(ConfigKey key) {
      return (String) value(key);
    }
  }
}
