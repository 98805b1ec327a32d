package io.leat.proxy.server.hardening;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows 54 and 55: switching protocols. */
class UpgradeTest extends HardeningRows {
  static Stream<Row> rows() {
    return RowFile.rows("upgrade");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void row(Row row) throws IOException {
    check(row);
  }
}
