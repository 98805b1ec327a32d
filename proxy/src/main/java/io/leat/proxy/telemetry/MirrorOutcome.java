package io.leat.proxy.telemetry;

import java.util.Locale;

/** What became of a request that was to be mirrored. */
public enum MirrorOutcome {
  /** It was answered, with whatever status. */
  SENT,
  /** It was sent and got no whole answer. */
  FAILED,
  /** The revision has no endpoint, or no free slot. */
  DROPPED_UNAVAILABLE,
  /** As many as allowed are running, or memory is short. */
  DROPPED_LIMIT,
  /** It fell behind the request that it copies by more than is kept for it. */
  DROPPED_SLOW,
  /** The request that it copies ended before its body was whole. */
  DROPPED_UNFINISHED;

  /** The value of the metric label {@code outcome}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
