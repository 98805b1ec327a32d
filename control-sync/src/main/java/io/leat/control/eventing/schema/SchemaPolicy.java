package io.leat.control.eventing.schema;

import java.util.Optional;

/** What happens to an event whose data breaks the schema of its type. */
public enum SchemaPolicy {
  /** It is taken, and the problems are told. */
  WARN("warn"),
  /** It is refused as a bad request. */
  REJECT("reject");

  private final String word;

  SchemaPolicy(String word) {
    this.word = word;
  }

  /** The policy by its word, {@code warn} or {@code reject}. */
  public static Optional<SchemaPolicy> named(String word) {
    for (SchemaPolicy policy : values()) {
      if (policy.word.equals(word)) {
        return Optional.of(policy);
      }
    }
    return Optional.empty();
  }

  /** The word of this policy. */
  public String word() {
    return word;
  }

  /** Whether an event with this verdict is to be refused. */
  public boolean refuses(Verdict verdict) {
    return this == REJECT && !verdict.isFine();
  }
}
