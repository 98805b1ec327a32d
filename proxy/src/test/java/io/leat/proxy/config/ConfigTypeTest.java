package io.leat.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTypeTest {

  @Test
  void optionalTextMayBeEmpty() {
    ConfigType type = new ConfigType.OptionalText();
    assertThat(type.parse("")).isEqualTo("");
    assertThat(type.parse("\"\"")).isEqualTo("");
    assertThat(type.render("")).isEqualTo("\"\"");
    assertThat(type.parse(" a b ")).isEqualTo("a b");
    assertThat(type.render("a b")).isEqualTo("a b");
  }

  @Test
  void choiceTakesItsWordsOnly() {
    ConfigType type = new ConfigType.Choice(List.of("json", "text"));
    assertThat(type.parse("text")).isEqualTo("text");
    assertThatThrownBy(() -> type.parse("xml")).hasMessage("must be json or text (got xml)");
  }

  @Test
  void shareIsFromZeroToOne() {
    ConfigType type = new ConfigType.Share();
    assertThat(type.parse("0")).isEqualTo(0.0);
    assertThat(type.parse("1.0")).isEqualTo(1.0);
    assertThat(type.parse(".25")).isEqualTo(0.25);
    assertThat(type.render(0.25)).isEqualTo("0.25");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1.1", "-0.1", "NaN", "1e-1", "2", "50%"})
  void shareIsNothingElse(String text) {
    assertThatThrownBy(() -> new ConfigType.Share().parse(text))
        .hasMessage("must be a number from 0 to 1 (got " + text + ")");
  }
}
