package io.leat.control.manifest.rules;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.proxy.table.HeaderEdits;
import io.leat.proxy.table.Mirror;
import io.leat.proxy.table.RateLimit;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.RoutePolicy;
import io.leat.proxy.table.Stickiness;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the annotations {@code leat.dev/*} of a Route, or of the Service that makes it, say. */
public final class RouteAnnotations {
  /** What every key starts with. */
  public static final String PREFIX = "leat.dev/";

  private static final String STICKY = "sticky";
  private static final String TIMEOUT = "timeout";
  private static final String MAX_BODY = "max-body";
  private static final String RATE_LIMIT = "rate-limit";
  private static final String REQUEST_HEADERS = "request-headers";
  private static final String RESPONSE_HEADERS = "response-headers";
  private static final String MIRROR = "mirror";
  private static final String DURATIONS = "duration-histogram";
  private static final String ROLLOUT = "rollout";

  /** Written by Leat on what it reads from files. */
  private static final String SOURCE = "source";

  /** How the message about a broken value begins, by key. */
  private static final Map<String, String> EXPECTED =
      Map.of(
          STICKY, "must be cookie=NAME or header=NAME",
          TIMEOUT, "must be a duration such as 30s, 1h2m or PT30S, from 1ms to 24h",
          MAX_BODY, "must be a number of bytes from 1, such as 512Ki, 10Mi or 1000000",
          RATE_LIMIT, "must be 1 to 1000000 requests per s, m or h, such as 100/s",
          REQUEST_HEADERS, HeaderEditLines.EXPECTED,
          RESPONSE_HEADERS, HeaderEditLines.EXPECTED,
          ROLLOUT, RolloutRequest.EXPECTED,
          MIRROR, "must be REVISION=PERCENT%, from 1% to 100%, such as shop-00002=10%",
          DURATIONS, "must be true or false");

  /** A token of RFC 9110 section 5.6.2. */
  private static final Pattern STICKY_VALUE =
      Pattern.compile("(cookie|header)=([-!#$%&'*+.^_`|~0-9A-Za-z]{1,256})");

  private static final Pattern BYTES = Pattern.compile("([0-9]{1,9})(Ki|Mi|Gi|k|M|G)?");
  private static final Pattern RATE = Pattern.compile("([0-9]{1,7})/([smh])");
  private static final Pattern MIRROR_VALUE =
      Pattern.compile("([a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?)=([0-9]{1,3})%");
  private static final int MOST_REQUESTS = 1_000_000;
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofHours(24);

  private RouteAnnotations() {}

  /** The rollout that annotations ask for, if any. */
  public static Optional<RolloutRequest> rollout(Map<String, String> annotations) {
    String text = annotations.get(PREFIX + ROLLOUT);
    return text == null ? Optional.empty() : RolloutRequest.parse(text);
  }

  /** The policy for annotations that passed validation; what cannot be read is left out. */
  public static RoutePolicy policy(Metadata metadata) {
    Map<String, String> annotations = metadata.annotations();
    if (annotations.isEmpty()
        || annotations.keySet().stream().noneMatch(key -> key.startsWith(PREFIX))) {
      return RoutePolicy.NONE;
    }
    Duration timeout = timeout(text(annotations, TIMEOUT));
    Long maxBody = bytes(text(annotations, MAX_BODY));
    return RoutePolicy.NONE
        .withStickiness(sticky(text(annotations, STICKY)))
        .withTimeout(timeout == null ? Duration.ZERO : timeout)
        .withMaxBodyBytes(maxBody == null ? 0 : maxBody)
        .withRateLimit(rate(text(annotations, RATE_LIMIT)))
        .withMirror(mirror(metadata.namespace(), text(annotations, MIRROR)))
        .withTimed(
            "true".equals(text(annotations, DURATIONS))
                || rollout(annotations).filter(RolloutRequest::needsDurations).isPresent())
        .withHeaders(
            new HeaderEdits(
                HeaderEditLines.edits(text(annotations, REQUEST_HEADERS)),
                HeaderEditLines.edits(text(annotations, RESPONSE_HEADERS))));
  }

  private static String text(Map<String, String> annotations, String leaf) {
    return annotations.getOrDefault(PREFIX + leaf, "");
  }

  static void check(Kind kind, Map<String, String> annotations, Findings findings) {
    boolean allowed = kind == Kind.ROUTE || kind == Kind.SERVICE;
    annotations.forEach((key, value) -> {
      if (key.startsWith(PREFIX) && !key.equals(PREFIX + SOURCE)) {
        String path = "metadata.annotations[" + key + "]";
        if (allowed) {
          value(key.substring(PREFIX.length()), value, path, findings);
        } else {
          findings.add(path, "is only allowed on a Route or a Service");
        }
      }
    });
  }

  /** Template annotations belong to revisions, which these do not concern. */
  static void checkTemplate(Map<String, String> annotations, String base, Findings findings) {
    for (String key : annotations.keySet()) {
      if (key.startsWith(PREFIX)) {
        findings.add(base + "[" + key + "]", "is only allowed in metadata.annotations");
      }
    }
  }

  private static void value(String leaf, String value, String path, Findings findings) {
    String expected = EXPECTED.get(leaf);
    if (expected == null) {
      findings.add(path, unknown(leaf));
    } else if (leaf.equals(REQUEST_HEADERS) || leaf.equals(RESPONSE_HEADERS)) {
      HeaderEditLines.problems(value).forEach(problem -> findings.add(path, problem));
    } else if (parsed(leaf, value) == null) {
      findings.add(path, expected + Findings.got(value));
    }
  }

  private static String unknown(String leaf) {
    String nearest = NearestName.of(leaf, EXPECTED.keySet());
    return "unknown annotation "
        + Findings.quote(PREFIX + leaf)
        + (nearest == null ? "" : ", did you mean " + Findings.quote(PREFIX + nearest) + "?");
  }

  private static @Nullable Object parsed(String leaf, String value) {
    return switch (leaf) {
      case STICKY -> sticky(value);
      case TIMEOUT -> timeout(value);
      case MAX_BODY -> bytes(value);
      case MIRROR -> mirror("", value);
      case ROLLOUT -> RolloutRequest.parse(value).orElse(null);
      case DURATIONS -> "true".equals(value) || "false".equals(value) ? value : null;
      default -> rate(value);
    };
  }

  private static @Nullable Stickiness sticky(String value) {
    Matcher matcher = STICKY_VALUE.matcher(value);
    return matcher.matches()
        ? new Stickiness(
            Stickiness.Source.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)), matcher.group(2))
        : null;
  }

  private static @Nullable Duration timeout(String value) {
    return Durations.parse(value)
        .filter(time -> time.compareTo(SHORTEST) >= 0 && time.compareTo(LONGEST) <= 0)
        .orElse(null);
  }

  private static @Nullable Long bytes(String value) {
    Matcher matcher = BYTES.matcher(value);
    if (!matcher.matches()) {
      return null;
    }
    long unit =
        switch (matcher.group(2) == null ? "" : matcher.group(2)) {
          case "Ki" -> 1L << 10;
          case "Mi" -> 1L << 20;
          case "Gi" -> 1L << 30;
          case "k" -> 1_000;
          case "M" -> 1_000_000;
          case "G" -> 1_000_000_000;
          default -> 1;
        };
    long bytes = Long.parseLong(matcher.group(1)) * unit;
    return bytes > 0 ? bytes : null;
  }

  private static @Nullable Mirror mirror(String namespace, String value) {
    Matcher matcher = MIRROR_VALUE.matcher(value);
    int percent = matcher.matches() ? Integer.parseInt(matcher.group(2)) : 0;
    return percent < 1 || percent > 100
        ? null
        : new Mirror(new RevisionId(namespace, matcher.group(1)), percent);
  }

  private static @Nullable RateLimit rate(String value) {
    Matcher matcher = RATE.matcher(value);
    int requests = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    if (requests < 1 || requests > MOST_REQUESTS) {
      return null;
    }
    return switch (matcher.group(2)) {
      case "s" -> new RateLimit(requests, Duration.ofSeconds(1));
      case "m" -> new RateLimit(requests, Duration.ofMinutes(1));
      default -> new RateLimit(requests, Duration.ofHours(1));
    };
  }
}
