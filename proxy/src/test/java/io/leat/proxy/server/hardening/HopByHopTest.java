package io.leat.proxy.server.hardening;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows 50 to 53: fields that end at this hop. */
class HopByHopTest extends HardeningRows {
  static Stream<Row> rows() {
    return RowFile.rows("hops");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void row(Row row) throws IOException {
    check(row);
  }
}
