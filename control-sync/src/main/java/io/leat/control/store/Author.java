package io.leat.control.store;

/**
 * Who writes, for the history of a resource.
 *
 * @param who a user, a tool, or {@code leat} for what reconcilers do
 * @param reason why, in a few words; empty when nothing is to be said
 */
public record Author(String who, String reason) {
  /** Leat itself. */
  public static final Author LEAT = new Author("leat", "");
}
