package io.leat.proxy.server.hardening;

import io.leat.proxy.ProxySettings;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Row 65 behind a proxy that is trusted. */
class TrustedHopTest extends HardeningRows {
  @Override
  ProxySettings settings(ProxySettings base) {
    return super.settings(base).withTrustedHops(1);
  }

  static Stream<Row> rows() {
    return RowFile.rows("trusted");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void row(Row row) throws IOException {
    check(row);
  }
}
