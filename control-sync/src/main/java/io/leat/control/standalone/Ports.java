package io.leat.control.standalone;

import io.leat.proxy.config.ConfigKey;
import io.leat.proxy.config.ConfigResult;
import io.leat.proxy.config.ConfigValue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Settles which ports a process takes before anything listens, because resources show their port in
 * URLs and nothing may listen before the first table is live.
 *
 * <p>A default port that is taken moves to the next free one; a port that was asked for does not.
 */
final class Ports {
  private static final int TRIES = 100;

  private final ConfigResult.Loaded config;
  private final Consumer<String> messages;

  Ports(ConfigResult.Loaded config, Consumer<String> messages) {
    this.config = config;
    this.messages = messages;
  }

  /** The port to bind for a key that names one. */
  int settle(ConfigKey key, String host) {
    ConfigValue value = Objects.requireNonNull(config.values().get(key));
    int wanted = (Integer) value.value();
    if (wanted == 0) {
      return free(host);
    }
    if (!(value.origin() instanceof ConfigValue.Origin.Default)) {
      return wanted;
    }
    for (int port = wanted; port < wanted + TRIES; port++) {
      if (isFree(host, port)) {
        if (port != wanted) {
          messages.accept(key.key() + ": " + wanted + " is taken, using " + port);
        }
        return port;
      }
    }
    throw new StartFailure(
        StartFailure.Cause.ENVIRONMENT,
        key.key() + ": ports " + wanted + " to " + (wanted + TRIES - 1) + " are taken",
        List.of());
  }

  private static int free(String host) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), 0));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new StartFailure(
          StartFailure.Cause.ENVIRONMENT,
          "no free port on " + host + ": " + e.getMessage(),
          List.of());
    }
  }

  private static boolean isFree(String host, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
