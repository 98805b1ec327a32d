package io.leat.proxy.server.hardening;

import io.leat.proxy.ProxySettings;
import io.leat.proxy.config.ProxyLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows 67 and 68: answers that break the rules. */
class ResponsesTest extends HardeningRows {
  private static final ProxyLimits LIMITS =
      new ProxyLimits(
          256,
          1024,
          512,
          16,
          0,
          Duration.ofMillis(300),
          Duration.ofMillis(10_000),
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          4);

  @Override
  ProxySettings settings(ProxySettings base) {
    return super.settings(base).withLimits(LIMITS);
  }

  static Stream<Row> rows() {
    return RowFile.rows("responses");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void row(Row row) throws IOException {
    check(row);
  }
}
