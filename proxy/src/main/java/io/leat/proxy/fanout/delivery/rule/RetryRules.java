package io.leat.proxy.fanout.delivery.rule;

import io.leat.proxy.table.DeliveryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Which tries are repeated, and after what pause: the rules of Knative's {@code DeliverySpec}. */
public final class RetryRules {
  private static final int MAX_SHIFT = 40;
  private static final int MAX_DIGITS = 9;

  private RetryRules() {}

  /** Whether an answer that is no success is worth another try. */
  public static boolean retried(int status) {
    return status == 404 || status == 408 || status == 409 || status == 429 || status >= 500;
  }

  /**
   * The pause before a further try.
   *
   * @param retry its number, 1 first
   */
  public static Duration pause(DeliveryPolicy policy, int retry, Duration most) {
    Duration delay = policy.delay();
    if (delay.isZero()) {
      return delay;
    }
    long factor =
        switch (policy.backoff()) {
          case LINEAR -> retry;
          case EXPONENTIAL -> 1L << Math.min(retry, MAX_SHIFT);
        };
    boolean above = delay.compareTo(most.dividedBy(factor)) > 0;
    return above ? most : delay.multipliedBy(factor);
  }

  /** The pause of {@link #pause}, or the longer one that a 429 or 503 asks for. */
  public static Duration pause(
      DeliveryPolicy policy,
      Duration backoff,
      int status,
      @Nullable String retryAfter,
      Instant now) {
    Duration most = policy.retryAfterMax();
    if (retryAfter == null || most.isZero() || (status != 429 && status != 503)) {
      return backoff;
    }
    Duration asked = retryAfter(retryAfter, now);
    Duration followed = asked.compareTo(most) > 0 ? most : asked;
    return followed.compareTo(backoff) > 0 ? followed : backoff;
  }

  /** A {@code Retry-After} (RFC 9110 section 10.2.3); zero when it says nothing. */
  static Duration retryAfter(String value, Instant now) {
    String text = value.strip();
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      String digits = text.length() > MAX_DIGITS ? "999999999" : text;
      return Duration.ofSeconds(Long.parseLong(digits));
    }
    try {
      Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration left = Duration.between(now, until);
      return left.isNegative() ? Duration.ZERO : left;
    } catch (DateTimeParseException neither) {
      return Duration.ZERO;
    }
  }

  /** The pause before try {@code n} of something that is tried until it succeeds, 1 first. */
  public static Duration patience(int n, Duration most) {
    Duration pause = Duration.ofMillis(100L << Math.min(n - 1, 20));
    return pause.compareTo(most) > 0 ? most : pause;
  }
}
