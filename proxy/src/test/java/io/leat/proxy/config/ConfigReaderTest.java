package io.leat.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConfigReaderTest {

  @Test
  void defaultsAreThoseOfTheRecords() {
    LeatConfig config = loaded(null, Map.of(), Map.of()).config();

    assertThat(config.proxy().limits()).isEqualTo(ProxyLimits.DEFAULT);
    assertThat(config.hold()).isEqualTo(HoldLimits.DEFAULT);
    assertThat(config.proxy().bind()).isEqualTo("0.0.0.0");
    assertThat(config.proxy().httpPort()).isEqualTo(8080);
    assertThat(config.proxy().drainTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.admin()).isEqualTo(new LeatConfig.Admin("127.0.0.1", 9901));
    assertThat(config.control())
        .isEqualTo(
            new LeatConfig.Control(
                "localhost", ".leat", Duration.ofSeconds(60), Duration.ZERO, false));
    assertThat(config.logs()).isEqualTo(new LeatConfig.Logs(10L << 20, 3));
    assertThat(config.scale())
        .isEqualTo(new LeatConfig.Scale(Duration.ofSeconds(30), Duration.ofSeconds(2), 70, 100));
  }

  @Test
  void boundsOfChannelsAreReadAndJudged() {
    ChannelBounds usual = loaded(null, Map.of(), Map.of()).config().channels();
    assertThat(usual.intake()).isEqualTo(new ChannelBounds.Intake(1 << 20, 1000));
    assertThat(usual.groups()).isEqualTo(new ChannelBounds.Groups(10_000, 1000, 64L << 20));
    String file =
        """
        channels:
          request-bytes: 2MiB
          batch-events: 7
          in-flight-events: 5
          max-retries: 0
          max-hops: 3
          group-events: 9
          receipts: 10
        """;
    ChannelBounds own = loaded(file, Map.of(), Map.of()).config().channels();
    assertThat(own.intake()).isEqualTo(new ChannelBounds.Intake(2 << 20, 7));
    assertThat(own.delivery().inFlightEvents()).isEqualTo(5);
    assertThat(own.delivery().maxRetries()).isZero();
    assertThat(own.delivery().maxHops()).isEqualTo(3);
    assertThat(own.groups().events()).isEqualTo(9);
    assertThat(own.receipts()).isEqualTo(10);
    Map<String, String> wrong =
        Map.of(
            "LEAT_CHANNELS_RECEIPTS", "0",
            "LEAT_CHANNELS_MAX_HOPS", "65",
            "LEAT_CHANNELS_REQUEST_BYTES", "1GiB",
            "LEAT_CHANNELS_BATCH_EVENTS", "none");
    ConfigResult refused = ConfigReader.read(new ConfigReader.Sources(Map.of(), wrong, null));
    assertThat(refused)
        .isInstanceOfSatisfying(
            ConfigResult.Refused.class, invalid -> assertThat(invalid.problems()).hasSize(4));
  }

  @Test
  void flagWinsOverEnvironmentOverFileOverDefault() {
    String file = "proxy:\n  http-port: 1001\n  https-port: 1002\n  event-loops: 3\n";
    Map<String, String> environment =
        Map.of("LEAT_PROXY_HTTP_PORT", "2001", "LEAT_PROXY_HTTPS_PORT", "2002");
    Map<ConfigKey, ConfigReader.Flag> flags =
        Map.of(ConfigKey.PROXY_HTTP_PORT, new ConfigReader.Flag("--http-port", "3001"));

    ConfigResult.Loaded loaded = loaded(file, environment, flags);

    assertThat(loaded.config().proxy().httpPort()).isEqualTo(3001);
    assertThat(loaded.config().proxy().httpsPort()).isEqualTo(2002);
    assertThat(loaded.config().proxy().eventLoops()).isEqualTo(3);
    assertThat(origin(loaded, ConfigKey.PROXY_HTTP_PORT)).isEqualTo("--http-port");
    assertThat(origin(loaded, ConfigKey.PROXY_HTTPS_PORT)).isEqualTo("LEAT_PROXY_HTTPS_PORT");
    assertThat(origin(loaded, ConfigKey.PROXY_EVENT_LOOPS)).isEqualTo("leat.yaml:4:16");
    assertThat(origin(loaded, ConfigKey.PROXY_BIND)).isEqualTo("default");
  }

  @Test
  void valuesAreWrittenTheWayTheyAreRead() {
    ConfigResult.Loaded loaded =
        loaded("hold:\n  max-age: PT90S\n  total-bytes: 1048576\n", Map.of(), Map.of());

    assertThat(value(loaded, ConfigKey.HOLD_MAX_AGE).text()).isEqualTo("1m30s");
    assertThat(value(loaded, ConfigKey.HOLD_TOTAL_BYTES).text()).isEqualTo("1MiB");
  }

  @Test
  void everyProblemIsReportedWithItsPosition() {
    String file =
        """
        proxy:
          http-prot: 8080
          https-port: 99999
          bind: [a, b]
          idle-timeout:
        prxoy:
          bind: x
        hold:
          max-age: soon
          max-age: 3s
          revision-bytes: "64kb"
        scale: 3
        proxy.http-port: 1
        """;

    assertThat(problems(file))
        .containsExactly(
            "leat.yaml:2:3 proxy.http-prot: unknown key, did you mean proxy.http-port?",
            "leat.yaml:3:15 proxy.https-port: must be an integer from 0 to 65535 (got 99999)",
            "leat.yaml:4:9 proxy.bind: must be a single value (text)",
            "leat.yaml:5:16 proxy.idle-timeout: must be a single value (duration, like 30s or"
                + " 1m30s)",
            "leat.yaml:6:1 prxoy: unknown section, did you mean proxy?",
            "leat.yaml:9:12 hold.max-age: must be a duration like 30s, 1m30s, 500ms or PT30S (got"
                + " soon)",
            "leat.yaml:10:3 hold.max-age: stands twice in this file",
            "leat.yaml:11:19 hold.revision-bytes: must be an amount of bytes like 4096, 64KiB,"
                + " 10MiB or 1GiB (got 64kb)",
            "leat.yaml:12:8 scale: must be a mapping of keys",
            "leat.yaml:13:1 proxy.http-port: write it as a section: proxy: {http-port: …}");
  }

  @Test
  void brokenYamlIsOneProblemWithItsPosition() {
    assertThat(problems("proxy:\n  bind: [1, 2\nhold: {}\n"))
        .singleElement()
        .asString()
        .startsWith("leat.yaml:3:");
    assertThat(problems("- a\n- b\n"))
        .containsExactly("leat.yaml:1:1 must be a mapping of sections");
  }

  @Test
  void anEmptyFileAndEmptySectionsAreFine() {
    assertThat(loaded("", Map.of(), Map.of()).config().admin().port()).isEqualTo(9901);
    assertThat(loaded("# nothing\nproxy:\n", Map.of(), Map.of()).config().admin().port())
        .isEqualTo(9901);
  }

  @Test
  void environmentAndFlagsNameThemselvesInProblems() {
    ConfigResult result =
        read(
            null,
            Map.of("LEAT_ADMIN_PORT", "tcp://10.0.0.1:80", "LEAT_SOMETHING_ELSE", "x"),
            Map.of(ConfigKey.PROXY_DEBUG_HEADERS, new ConfigReader.Flag("--debug-headers", "yes")));

    assertThat(result).isInstanceOf(ConfigResult.Refused.class);
    assertThat(((ConfigResult.Refused) result).problems())
        .extracting(ConfigProblem::toString)
        .containsExactly(
            "--debug-headers proxy.debug-headers: must be true or false (got yes)",
            "LEAT_ADMIN_PORT admin.port: must be an integer from 0 to 65535 (got"
                + " tcp://10.0.0.1:80); a Kubernetes service link set this variable: use"
                + " enableServiceLinks: false");
  }

  @Test
  void theAdminPortStaysOnLoopback() {
    assertThat(problems("admin:\n  bind: 0.0.0.0\n"))
        .containsExactly(
            "leat.yaml:2:9 admin.bind: " + ConfigType.Loopback.RULE + " (got 0.0.0.0)");
    assertThat(problems("admin:\n  bind: evil.example\n")).hasSize(1);
    assertThat(loaded("admin:\n  bind: '::1'\n", Map.of(), Map.of()).config().admin().bind())
        .isEqualTo("::1");
  }

  @Test
  void aFarAwayNameGetsNoSuggestion() {
    assertThat(problems("proxy:\n  banana: 1\n"))
        .containsExactly("leat.yaml:2:3 proxy.banana: unknown key");
    assertThat(problems("proxy:\n  max-age: 1s\n"))
        .containsExactly("leat.yaml:2:3 proxy.max-age: unknown key, did you mean hold.max-age?");
  }

  private static List<String> problems(String file) {
    ConfigResult result = read(file, Map.of(), Map.of());
    assertThat(result).isInstanceOf(ConfigResult.Refused.class);
    return ((ConfigResult.Refused) result)
        .problems().stream().map(ConfigProblem::toString).toList();
  }

  private static ConfigResult.Loaded loaded(
      @Nullable String file,
      Map<String, String> environment,
      Map<ConfigKey, ConfigReader.Flag> flags) {
    ConfigResult result = read(file, environment, flags);
    assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
    return (ConfigResult.Loaded) result;
  }

  private static ConfigResult read(
      @Nullable String file,
      Map<String, String> environment,
      Map<ConfigKey, ConfigReader.Flag> flags) {
    ConfigReader.File named = file == null ? null : new ConfigReader.File("leat.yaml", file);
    return ConfigReader.read(new ConfigReader.Sources(flags, environment, named));
  }

  private static ConfigValue value(ConfigResult.Loaded loaded, ConfigKey key) {
    return Objects.requireNonNull(loaded.values().get(key));
  }

  private static String origin(ConfigResult.Loaded loaded, ConfigKey key) {
    return value(loaded, key).origin().toString();
  }
}
