package io.leat.proxy.server.hardening;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows 22 to 37: whom and what a request asks for. */
class HostAndTargetTest extends HardeningRows {
  static Stream<Row> rows() {
    return RowFile.rows("targets");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void row(Row row) throws IOException {
    check(row);
  }
}
