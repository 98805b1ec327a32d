package io.leat.proxy.telemetry;

import java.util.Locale;

/** Why Leat closed the connection of a client that would have kept it. */
public enum ForcedClose {
  /** The request body came below {@code proxy.min-body-rate}. */
  SLOW_BODY,
  /** Nothing of a waiting answer was taken for {@code proxy.write-timeout}. */
  SLOW_READER,
  /** A tunnel was silent for {@code proxy.tunnel-idle-timeout}. */
  TUNNEL_IDLE,
  /** No request came for {@code proxy.idle-timeout}. */
  IDLE,
  /** It was idle while buffer memory was short. */
  SHED;

  /** The value of the metric label {@code reason}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
