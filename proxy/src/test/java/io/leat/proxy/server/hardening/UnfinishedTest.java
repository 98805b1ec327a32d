package io.leat.proxy.server.hardening;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows 69 to 71: answers that nobody asked for, that do not begin, or do not end. */
class UnfinishedTest extends HardeningRows {
  static Stream<Row> rows() {
    return RowFile.rows("unfinished");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void row(Row row) throws IOException {
    check(row);
  }
}
