package io.leat.proxy.config;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Tells loopback names and literals from all others, without asking a name service. */
public final class LoopbackAddress {
  private LoopbackAddress() {}

  /** Whether {@code host} is {@code localhost} or an IP literal of 127.0.0.0/8 or ::1. */
  public static boolean matches(String host) {
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    InetAddress address = literal(host);
    return address != null && address.isLoopbackAddress();
  }

  private static @Nullable InetAddress literal(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
