package io.leat.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizesTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "4096, 4096, 4KiB",
    "64KiB, 65536, 64KiB",
    "10MiB, 10485760, 10MiB",
    "3GiB, 3221225472, 3GiB",
    "1000B, 1000, 1000",
    "2048GiB, 2199023255552, 2048GiB"
  })
  void readsAndWrites(String text, long bytes, String written) {
    assertThat(ByteSizes.parse(text)).isEqualTo(bytes);
    assertThat(ByteSizes.format(bytes)).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "KiB", "64kb", "-1", "1.5MiB", "64 KiB", "999999999999999GiB"})
  void refusesTheRest(String text) {
    assertThatThrownBy(() -> ByteSizes.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must be an amount of bytes like");
  }
}
