package io.leat.control.serving;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names of generated resources, as Knative makes them. */
final class RevisionNames {
  private static final int LONGEST = 63;
  private static final int MD5_HEX = 32;

  private RevisionNames() {}

  /** {@code shop} and 7 give {@code shop-00007}. */
  static String generated(String configuration, long generation) {
    String digits = Long.toString(generation);
    return child(configuration, "-" + "0".repeat(Math.max(0, 5 - digits.length())) + digits);
  }

  /**
   * The parent's name with a suffix; one of more than 63 characters is cut, with an MD5 of the
   * whole before or instead of the suffix so that it stays unique.
   */
  static String child(String parent, String suffix) {
    if (parent.length() + suffix.length() <= LONGEST) {
      return parent + suffix;
    }
    int room = LONGEST - MD5_HEX;
    if (suffix.length() >= room) {
      String whole = parent + suffix;
      return whole.substring(0, room) + md5(whole);
    }
    String head = parent.substring(0, Math.min(parent.length(), room - suffix.length()));
    return head + md5(parent) + suffix;
  }

  private static String md5(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException("every Java platform has MD5", absent);
    }
  }
}
