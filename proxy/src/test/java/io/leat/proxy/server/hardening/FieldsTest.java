package io.leat.proxy.server.hardening;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows 12 to 21: the grammar of field lines. */
class FieldsTest extends HardeningRows {
  static Stream<Row> rows() {
    return RowFile.rows("fields");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void row(Row row) throws IOException {
    check(row);
  }
}
