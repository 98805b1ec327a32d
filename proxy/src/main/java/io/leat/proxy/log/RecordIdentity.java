package io.leat.proxy.log;

import org.jspecify.annotations.Nullable;

/**
 * What two records have in common that are the same: a digest of 128 bits, so that it takes the
 * same memory whatever it was made of.
 */
public record RecordIdentity(long high, long low) {

  /** Tells the identity of records; any thread, and the same for the same bytes in every life. */
  @FunctionalInterface
  public interface Rule {
    /** No record is the same as another one. */
    Rule NONE = (_, _) -> null;

    /** The identity of a record that is for every cursor; null when it is the same as none. */
    @Nullable RecordIdentity of(byte kind, byte[] payload);
  }
}
