package io.leat.control.serving;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RevisionNamesTest {

  @Test
  void fiveDigitsAndMoreWhenNeeded() {
    assertThat(RevisionNames.generated("svc", 7)).isEqualTo("svc-00007");
    assertThat(RevisionNames.generated("svc", 99_999)).isEqualTo("svc-99999");
    assertThat(RevisionNames.generated("svc", 123_456)).isEqualTo("svc-123456");
  }

  @Test
  void longNamesAreCutAndKeptApartByTheirHash() {
    String longest = "a".repeat(57);
    assertThat(RevisionNames.generated(longest, 1)).isEqualTo(longest + "-00001");
    String longer = "a".repeat(58);
    String name = RevisionNames.generated(longer, 1);
    assertThat(name)
        .hasSize(63)
        .startsWith("a".repeat(25))
        .endsWith("-00001")
        .matches("a{25}[0-9a-f]{32}-00001");
    assertThat(RevisionNames.generated("a".repeat(59), 1)).isNotEqualTo(name);
  }
}
