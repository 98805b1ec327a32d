package io.leat.proxy.upstream;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Turns the host of an endpoint into an address: a literal at once, a name on an executor whose
 * threads may block, so that no event loop waits for DNS. Used by any thread.
 */
public final class HostResolver {
  private final Executor blocking;

  /** A resolver over the JVM's own name service and its cache. */
  public HostResolver(Executor blocking) {
    this.blocking = blocking;
  }

  /** The address of an IP literal, or null when the host is a name. */
  public static @Nullable InetSocketAddress literal(String host, int port) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    if (address == null) {
      return null;
    }
    try {
      return new InetSocketAddress(InetAddress.getByAddress(host, address), port);
    } catch (UnknownHostException e) {
      throw new AssertionError("an address of 4 or 16 bytes", e);
    }
  }

  /** The address of a name; fails with {@link UnknownHostException}. */
  public CompletableFuture<InetSocketAddress> resolve(String host, int port) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
          } catch (UnknownHostException e) {
            throw new CompletionException(e);
          }
        },
        blocking);
  }
}
