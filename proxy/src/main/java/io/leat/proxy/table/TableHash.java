package io.leat.proxy.table;

import java.nio.charset.StandardCharsets;

/**
 * The content hash of a table: the sum, modulo 2^64, of a 64-bit FNV-1a hash of each part.
 *
 * <p>A sum can be kept up to date by adding the new part and subtracting the old one, so a change
 * costs what it changes and not the size of the table. It detects drift between a control plane and
 * its proxies; it is no defence against somebody who chooses the parts.
 */
public final class TableHash {
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private TableHash() {}

  /** The share of one virtual host. */
  public static long of(VirtualHost host) {
    return fnv1a("host " + host);
  }

  /** The share of one revision. */
  public static long of(RevisionEndpoints revision) {
    return fnv1a("revision " + revision);
  }

  /** The share of one channel. */
  public static long of(EventChannel channel) {
    return fnv1a("channel " + channel);
  }

  private static long fnv1a(String text) {
    long hash = OFFSET_BASIS;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * PRIME;
    }
    return hash;
  }
}
