package io.leat.proxy.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.proxy.table.HeaderEdit.Operation;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which header edits a table takes. */
final class HeaderEditTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a b",
        "a:",
        "a\r",
        "ä",
        "a_b",
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "TE",
        "Trailer",
        "Connection",
        "keep-alive",
        "X-Forwarded-Anything",
        "K-Network-Hash",
        "Knative-Serving-Tag",
        "Via",
        "traceparent"
      })
  void refusesNames(String name) {
    assertThat(HeaderEdit.refusal(name, "")).isNotNull();
    assertThatThrownBy(() -> new HeaderEdit(Operation.REMOVE, name, ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nb: c", "a\nb", "a\0", "\u007f", "é", " a", "a "})
  void refusesValues(String value) {
    assertThat(HeaderEdit.refusal("x-a", value)).contains("printable ASCII");
  }

  @Test
  void takesTheRestInLowerCase() {
    assertThat(new HeaderEdit(Operation.SET, "X-A!", "b\tc: \"d\"").text())
        .isEqualTo("set x-a!: b\tc: \"d\"");
    assertThat(new HeaderEdit(Operation.REMOVE, "Server", "").text()).isEqualTo("remove server");
  }

  @Test
  void boundsTheirNumber() {
    HeaderEdit edit = new HeaderEdit(Operation.ADD, "x-a", "b");
    List<HeaderEdit> most = Collections.nCopies(HeaderEdits.MOST, edit);
    assertThat(new HeaderEdits(most, most).request()).hasSize(HeaderEdits.MOST);
    List<HeaderEdit> more = Collections.nCopies(HeaderEdits.MOST + 1, edit);
    assertThatThrownBy(() -> new HeaderEdits(List.of(), more)).hasMessageContaining("at most 32");
  }
}
