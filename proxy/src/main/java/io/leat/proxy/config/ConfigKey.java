package io.leat.proxy.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every setting of Leat, declared once: its key, type, default and one sentence.
 *
 * <p>{@code deploy/config/reference.yaml} and {@code docs/reference/config.md} are rendered from
 * this table.
 */
public enum ConfigKey {
  PROXY_BIND("proxy.bind", text(), "0.0.0.0", "Address that the data ports listen on."),
  PROXY_HTTP_PORT(
      "proxy.http-port", port(), "8080", "Port for HTTP/1.1 and h2c; 0 takes a free one."),
  PROXY_HTTPS_PORT(
      "proxy.https-port",
      port(),
      "8443",
      "Port for HTTPS, opened only when a certificate exists; 0 takes a free one."),
  PROXY_EVENT_LOOPS(
      "proxy.event-loops", count(0, 64), "0", "Threads that move bytes; 0 means one per core."),
  PROXY_TRANSPORT(
      "proxy.transport",
      new ConfigType.Choice(List.of("auto", "epoll", "io_uring", "nio")),
      "auto",
      "How bytes are moved; auto is epoll on Linux and nio elsewhere. Leat does not start with one"
          + " that does not work here."),
  PROXY_TRUSTED_HOPS(
      "proxy.trusted-hops",
      count(0, 16),
      "0",
      "Proxies in front of Leat: so many entries from the right of Forwarded and X-Forwarded-For"
          + " are believed, and internal headers pass. 0 believes no client."),
  PROXY_DEBUG_HEADERS(
      "proxy.debug-headers",
      new ConfigType.Switch(),
      "false",
      "Adds Server-Timing and Leat-Revision to answers."),
  PROXY_DRAIN_DELAY(
      "proxy.drain-delay",
      time(0),
      "2s",
      "How long new work is still taken after a stop was asked for, so that load balancers"
          + " notice."),
  PROXY_DRAIN_TIMEOUT(
      "proxy.drain-timeout",
      time(0),
      "30s",
      "When a drain ends although requests are still running."),
  PROXY_REQUEST_LINE_BYTES(
      "proxy.request-line-bytes",
      bytes(256, 1 << 20),
      "16KiB",
      "Longest request line; a longer one is answered 414."),
  PROXY_HEADER_BYTES(
      "proxy.header-bytes",
      bytes(1024, 16 << 20),
      "64KiB",
      "All header fields of one message together; more is answered 431."),
  PROXY_HEADER_LINE_BYTES(
      "proxy.header-line-bytes",
      bytes(256, 16 << 20),
      "32KiB",
      "Longest single header field; a longer one is answered 431."),
  PROXY_HEADER_COUNT(
      "proxy.header-count",
      count(8, 10_000),
      "128",
      "Header fields of one message; more is answered 431."),
  PROXY_BODY_BYTES(
      "proxy.body-bytes",
      bytes(0, Long.MAX_VALUE),
      "0",
      "Largest request body, streamed and never buffered whole; 0 means no limit."),
  PROXY_HEADER_TIMEOUT(
      "proxy.header-timeout",
      time(1),
      "10s",
      "From the first byte of a request head to its last; slower is answered 408."),
  PROXY_IDLE_TIMEOUT(
      "proxy.idle-timeout",
      time(1),
      "5m",
      "How long a client connection may stay open between requests."),
  PROXY_CONNECT_TIMEOUT(
      "proxy.connect-timeout", time(1), "5s", "Longest connect to an endpoint of a revision."),
  PROXY_UPSTREAM_IDLE_TIMEOUT(
      "proxy.upstream-idle-timeout",
      time(1),
      "1m",
      "How long an idle connection to an endpoint stays pooled."),
  PROXY_IDLE_PER_ENDPOINT(
      "proxy.idle-per-endpoint",
      count(0, 100_000),
      "1024",
      "Idle connections kept per event loop and endpoint."),
  PROXY_MIN_BODY_RATE(
      "proxy.min-body-rate",
      count(0, 1_000_000_000),
      "240",
      "Bytes per second of a request body over ten seconds, while Leat waits for it; slower is"
          + " answered 408. 0 means no minimum."),
  PROXY_WRITE_TIMEOUT(
      "proxy.write-timeout",
      time(1),
      "1m",
      "How long a client may take nothing of an answer that waits for it, before it is reset."),
  PROXY_TUNNEL_IDLE_TIMEOUT(
      "proxy.tunnel-idle-timeout",
      time(1),
      "1h",
      "How long a tunnel (WebSocket or other upgrade) may be silent before it is closed."),
  PROXY_MAX_CONNECTIONS(
      "proxy.max-connections",
      count(1, 10_000_000),
      "20000",
      "Client connections at one time; more wait in the kernel until one closes."),
  PROXY_MAX_BUFFERED_BYTES(
      "proxy.max-buffered-bytes",
      bytes(1 << 20, Long.MAX_VALUE),
      "256MiB",
      "Memory for bytes on their way; near it Leat reads less, then accepts nobody, closes idle"
          + " connections, and at last answers 503."),
  PROXY_MAX_CONNECTIONS_PER_ENDPOINT(
      "proxy.max-connections-per-endpoint",
      count(1, 1_000_000),
      "1024",
      "Connections in use to one endpoint of a revision; when all endpoints have as many, a request"
          + " is answered 503."),
  PROXY_MIRROR_REQUESTS(
      "proxy.mirror-requests",
      count(0, 1_000_000),
      "256",
      "Mirrored requests at one time; more are left out and counted. 0 mirrors nothing."),
  PROXY_MIRROR_BYTES(
      "proxy.mirror-bytes",
      bytes(0, 1 << 30),
      "256KiB",
      "Bytes of a request body kept while its mirror is slower than the request itself; then the"
          + " mirror is given up."),
  HOLD_REVISION_REQUESTS(
      "hold.revision-requests",
      count(0, 10_000_000),
      "10000",
      "Requests that may wait for one revision; the next is answered 503."),
  HOLD_REVISION_BYTES(
      "hold.revision-bytes",
      bytes(0, Long.MAX_VALUE),
      "64MiB",
      "Memory that the waiting requests of one revision may keep."),
  HOLD_TOTAL_REQUESTS(
      "hold.total-requests",
      count(0, 10_000_000),
      "50000",
      "Requests that may wait in this process."),
  HOLD_TOTAL_BYTES(
      "hold.total-bytes",
      bytes(0, Long.MAX_VALUE),
      "256MiB",
      "Memory that all waiting requests may keep."),
  HOLD_MAX_AGE(
      "hold.max-age", time(1), "2m", "Longest wait of one request; then it is answered 503."),
  SCALE_GRACE(
      "scale.grace",
      time(0),
      "30s",
      "How long a revision without traffic keeps its last instance before it goes to zero."),
  SCALE_TICK("scale.tick", time(1), "2s", "Time between two decisions about scale."),
  SCALE_TARGET_UTILIZATION(
      "scale.target-utilization",
      count(1, 100),
      "70",
      "Percent of an instance's concurrency limit that scaling aims for."),
  SCALE_DEFAULT_TARGET(
      "scale.default-target",
      count(1, 1_000_000),
      "100",
      "Concurrent requests per instance that scaling assumes when a revision sets no limit."),
  CHANNELS_REQUEST_BYTES(
      "channels.request-bytes",
      bytes(1024, 64 << 20),
      "1MiB",
      "Largest request to a Channel, an event or a batch; a larger one is answered 413."),
  CHANNELS_BATCH_EVENTS(
      "channels.batch-events",
      count(1, 100_000),
      "1000",
      "Events of one batch that is sent to a Channel; more are answered 413."),
  CHANNELS_IN_FLIGHT_BYTES(
      "channels.in-flight-bytes",
      bytes(64 * 1024, 1L << 40),
      "32MiB",
      "Events in memory for delivery, all subscriptions together; the rest stays in the logs."),
  CHANNELS_IN_FLIGHT_EVENTS(
      "channels.in-flight-events",
      count(1, 10_000),
      "10000",
      "Deliveries of one subscription at one time, however many it asks for."),
  CHANNELS_WAITING_EVENTS(
      "channels.waiting-events",
      count(1, 50_000),
      "10000",
      "Events of one subscription that wait for a retry or for others of their key; with so many"
          + " it gets no new ones."),
  CHANNELS_REPLY_BYTES(
      "channels.reply-bytes",
      bytes(1024, 64 << 20),
      "1MiB",
      "Longest answer of a subscriber that is read; a longer one is dead-lettered as"
          + " reply_too_large."),
  CHANNELS_MAX_RETRIES(
      "channels.max-retries",
      count(0, Integer.MAX_VALUE),
      "1000000",
      "Retries of one event, however many its subscription asks for."),
  CHANNELS_MAX_BACKOFF(
      "channels.max-backoff", time(1), "1h", "Longest pause between two tries of one event."),
  CHANNELS_DEAD_LETTER_BACKOFF(
      "channels.dead-letter-backoff",
      time(100),
      "30s",
      "Longest pause between two tries to reach a dead letter sink; they never end."),
  CHANNELS_MAX_HOPS(
      "channels.max-hops",
      count(1, 64),
      "32",
      "Channels that one event may pass before it is dead-lettered as a loop."),
  CHANNELS_GROUPS(
      "channels.groups",
      count(1, 1_000_000),
      "10000",
      "Groups that one aggregating subscription has open; further ones wait."),
  CHANNELS_GROUP_EVENTS(
      "channels.group-events",
      count(1, 40_000),
      "1000",
      "Events of one group of an aggregation; further ones wait."),
  CHANNELS_GROUP_BYTES(
      "channels.group-bytes",
      bytes(64 * 1024, 1L << 40),
      "64MiB",
      "Memory for all groups of one aggregating subscription; further events wait."),
  CHANNELS_RECEIPTS(
      "channels.receipts",
      count(1, 1_000_000),
      "4096",
      "Events of one subscription of which it is remembered what became of them."),
  ADMIN_BIND(
      "admin.bind",
      new ConfigType.Loopback(),
      "127.0.0.1",
      "Address of the admin port: health, metrics, debugging and the resource API."),
  ADMIN_PORT("admin.port", port(), "9901", "Port of the admin server; 0 takes a free one."),
  CONTROL_DOMAIN(
      "control.domain",
      text(),
      "localhost",
      "Domain under which routes get their hosts: NAME.NAMESPACE.DOMAIN."),
  CONTROL_STATE_DIR(
      "control.state-dir",
      text(),
      ".leat",
      "Folder for everything that survives a restart: resources, last good table, event log."),
  CONTROL_PROGRESS_DEADLINE(
      "control.progress-deadline",
      time(1),
      "1m",
      "How long an instance may take to become ready, where its revision does not say."),
  CONTROL_ROLLOUT_DURATION(
      "control.rollout-duration",
      time(0),
      "0s",
      "How long traffic takes to move to a new latest revision, where"
          + " serving.knative.dev/rollout-duration does not say; 0 is at once."),
  CONTROL_TAG_HEADERS(
      "control.tag-headers",
      new ConfigType.Switch(),
      "false",
      "Lets the header Knative-Serving-Tag of a request choose a tag on the host of a route."),
  REVISIONS_RETAIN_SINCE_CREATE(
      "revisions.retain-since-create",
      time(0),
      "48h",
      "A revision that was made more recently is not collected; 0 leaves this rule out."),
  REVISIONS_RETAIN_SINCE_LAST_ACTIVE(
      "revisions.retain-since-last-active",
      time(0),
      "15h",
      "A revision that a route named more recently is not collected; 0 leaves this rule out, and"
          + " without both rules age does not count."),
  REVISIONS_MIN_NON_ACTIVE(
      "revisions.min-non-active",
      count(0, 1_000_000),
      "20",
      "Revisions without a route that each configuration keeps, whatever their age."),
  REVISIONS_MAX_NON_ACTIVE(
      "revisions.max-non-active",
      count(-1, 1_000_000),
      "1000",
      "Revisions without a route that each configuration keeps at most; -1 means no limit."),
  JOBS_WORKERS(
      "jobs.workers",
      count(1, 256),
      "4",
      "Resources of modules that are synced side by side; see docs/resources-api.md."),
  JOBS_LEASE(
      "jobs.lease",
      time(100),
      "5s",
      "How long a job stays with a worker that gives no sign of life; one is given after 3/5 of"
          + " it."),
  JOBS_BACKOFF(
      "jobs.backoff",
      time(1),
      "5s",
      "Pause after the first failure of a job; it doubles with each further one, up to 5 minutes."),
  JOBS_MAX_ATTEMPTS(
      "jobs.max-attempts",
      count(0, 1000),
      "5",
      "Attempts at a step of a job before its resource is an error; 0 is no limit."),
  LOGS_MAX_BYTES(
      "logs.max-bytes",
      bytes(4096, Long.MAX_VALUE),
      "10MiB",
      "Size at which the log file of a revision's processes is rotated."),
  LOGS_MAX_FILES("logs.max-files", count(1, 1000), "3", "Log files kept per revision."),
  ACCESS_LOG_PATH(
      "access-log.path",
      new ConfigType.OptionalText(),
      "\"\"",
      "File to which a line per finished request is appended; - is standard error, empty is off."),
  ACCESS_LOG_FORMAT(
      "access-log.format",
      new ConfigType.Choice(List.of("json", "text")),
      "json",
      "A JSON object per line, or name=value pairs."),
  ACCESS_LOG_SAMPLE(
      "access-log.sample", new ConfigType.Share(), "1.0", "Share of requests that are logged."),
  ACCESS_LOG_TAPS(
      "access-log.taps",
      count(0, 1000),
      "8",
      "Streams of leat tap that may be open at one time; a further one is answered 429."),
  TELEMETRY_JVM_METRICS(
      "telemetry.jvm-metrics",
      new ConfigType.Switch(),
      "true",
      "Adds memory, garbage collection, thread and processor metrics of the JVM."),
  TELEMETRY_TRACE_SAMPLE(
      "telemetry.trace-sample",
      new ConfigType.Share(),
      "0.0",
      "Share of requests without a valid traceparent for which Leat starts a trace.");

  private static final Map<String, ConfigKey> BY_NAME = new HashMap<>();

  static {
    for (ConfigKey key : values()) {
      BY_NAME.put(key.key, key);
    }
  }

  private final String key;
  private final ConfigType type;
  private final String defaultText;
  private final String sentence;

  ConfigKey(String key, ConfigType type, String defaultText, String sentence) {
    this.key = key;
    this.type = type;
    this.defaultText = defaultText;
    this.sentence = sentence;
  }

  /** The key in files and commands: {@code section.name}. */
  public String key() {
    return key;
  }

  /** What its value may be. */
  public ConfigType type() {
    return type;
  }

  /** The default as one would write it. */
  public String defaultText() {
    return defaultText;
  }

  /** What it does. */
  public String sentence() {
    return sentence;
  }

  /** The part before the dot. */
  public String section() {
    return key.substring(0, key.indexOf('.'));
  }

  /** The part after the dot. */
  public String leaf() {
    return key.substring(key.indexOf('.') + 1);
  }

  /** Its environment variable: {@code proxy.http-port} is {@code LEAT_PROXY_HTTP_PORT}. */
  public String variable() {
    return "LEAT_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** The key with this name, or null. */
  public static @Nullable ConfigKey find(String name) {
    return BY_NAME.get(name);
  }

  /** The sections in the order of declaration. */
  public static Set<String> sections() {
    Set<String> sections = new LinkedHashSet<>();
    for (ConfigKey key : values()) {
      sections.add(key.section());
    }
    return sections;
  }

  /** Every key name in the order of declaration. */
  public static List<String> names() {
    List<String> names = new ArrayList<>();
    for (ConfigKey key : values()) {
      names.add(key.key);
    }
    return names;
  }

  private static ConfigType text() {
    return new ConfigType.Text();
  }

  private static ConfigType port() {
    return new ConfigType.Int(0, 65_535);
  }

  private static ConfigType count(int min, int max) {
    return new ConfigType.Int(min, max);
  }

  private static ConfigType bytes(long min, long max) {
    return new ConfigType.Bytes(min, max);
  }

  private static ConfigType time(long minMillis) {
    return new ConfigType.Time(Duration.ofMillis(minMillis));
  }
}
