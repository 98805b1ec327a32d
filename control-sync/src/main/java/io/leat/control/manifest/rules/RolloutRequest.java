package io.leat.control.manifest.rules;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A rollout as the annotation {@code leat.dev/rollout} asks for it: {@code to=shop-00002
 * steps=5,25,100 hold=30s abort-if=error_rate>1%,p99>500ms id=a1}.
 *
 * @param to the revision that all traffic goes to in the end
 * @param steps percents that it gets one after the other; the last is 100
 * @param hold how long each step is observed before the next
 * @param abortIf any of these ends it and gives the traffic back
 * @param id tells a new request from an old one
 * @param action what is to happen to it
 */
public record RolloutRequest(
    String to,
    List<Integer> steps,
    Duration hold,
    List<AbortIf> abortIf,
    String id,
    Action action) {
  /** What the value must be. */
  public static final String EXPECTED =
      "must be to=REVISION and any of steps=5,25,100 (rising, the last 100), hold=30s,"
          + " abort-if=error_rate>1%,p99>500ms, id=TEXT, action=abort or promote";

  private static final Set<String> KEYS = Set.of("to", "steps", "hold", "abort-if", "id", "action");
  private static final Pattern ID = Pattern.compile("[-._:A-Za-z0-9]{1,63}");
  private static final Pattern ERROR_RATE =
      Pattern.compile("error_rate>([0-9]{1,3}(?:\\.[0-9]{1,3})?)%");
  private static final Pattern P99 = Pattern.compile("p99>(\\S+)");
  private static final int MOST_STEPS = 100;
  private static final Duration LONGEST_HOLD = Duration.ofDays(7);

  /** What is to happen to a rollout. */
  public enum Action {
    /** Go on step by step. */
    RUN,
    /** Give the traffic back. */
    ABORT,
    /** Skip the steps that are left. */
    PROMOTE
  }

  /** A measure of the new revision that must not go above a limit. */
  public sealed interface AbortIf {
    /** As it is written. */
    String text();

    /** Answers of the 500s among all, in percent. */
    record ErrorRate(double percent) implements AbortIf {
      @Override
      public String text() {
        String number = String.format(Locale.ROOT, "%.3f", percent);
        return "error_rate>" + number.replaceAll("\\.?0+$", "") + "%";
      }
    }

    /** What 99 of 100 requests stay below. */
    record P99(Duration limit) implements AbortIf {
      @Override
      public String text() {
        return "p99>" + Durations.format(limit);
      }
    }
  }

  /** Copies the lists. */
  public RolloutRequest {
    steps = List.copyOf(steps);
    abortIf = List.copyOf(abortIf);
  }

  /** The same with something else that is to happen. */
  public RolloutRequest withAction(Action other) {
    return new RolloutRequest(to, steps, hold, abortIf, id, other);
  }

  /** Whether durations of requests have to be counted for it. */
  public boolean needsDurations() {
    return abortIf.stream().anyMatch(AbortIf.P99.class::isInstance);
  }

  /** The annotation's value. */
  public String text() {
    StringBuilder text = new StringBuilder("to=").append(to);
    text.append(" steps=")
        .append(steps.stream().map(String::valueOf).collect(Collectors.joining(",")));
    text.append(" hold=").append(Durations.format(hold));
    if (!abortIf.isEmpty()) {
      text.append(" abort-if=")
          .append(abortIf.stream().map(AbortIf::text).collect(Collectors.joining(",")));
    }
    text.append(" id=").append(id);
    if (action != Action.RUN) {
      text.append(" action=").append(action.name().toLowerCase(Locale.ROOT));
    }
    return text.toString();
  }

  /** Reads an annotation's value; empty when it breaks a rule. */
  public static Optional<RolloutRequest> parse(String text) {
    Map<String, String> values = new HashMap<>();
    for (String word : text.strip().split("\\s+", -1)) {
      int equals = word.indexOf('=');
      String key = equals < 0 ? "" : word.substring(0, equals);
      if (!KEYS.contains(key) || values.put(key, word.substring(equals + 1)) != null) {
        return Optional.empty();
      }
    }
    String to = values.getOrDefault("to", "");
    List<Integer> steps = steps(values.getOrDefault("steps", "100"));
    Duration hold = Durations.parse(values.getOrDefault("hold", "0s")).orElse(null);
    List<AbortIf> abortIf = abortIf(values.getOrDefault("abort-if", ""));
    String id = values.getOrDefault("id", "1");
    Action action = action(values.getOrDefault("action", "run"));
    boolean right = Names.isDns1035(to) && ID.matcher(id).matches();
    if (!right || steps == null || hold == null || abortIf == null || action == null) {
      return Optional.empty();
    }
    return hold.isNegative() || hold.compareTo(LONGEST_HOLD) > 0
        ? Optional.empty()
        : Optional.of(new RolloutRequest(to, steps, hold, abortIf, id, action));
  }

  /** Percents that rise to 100, or null. */
  public static @Nullable List<Integer> steps(String text) {
    List<Integer> steps = new ArrayList<>();
    for (String word : text.split(",", -1)) {
      int last = steps.isEmpty() ? 0 : steps.getLast();
      if (!word.matches("[0-9]{1,3}") || Integer.parseInt(word) <= last) {
        return null;
      }
      steps.add(Integer.parseInt(word));
    }
    return steps.getLast() == 100 && steps.size() <= MOST_STEPS ? steps : null;
  }

  /** Conditions separated by commas; null when one cannot be read. */
  public static @Nullable List<AbortIf> abortIf(String text) {
    List<AbortIf> conditions = new ArrayList<>();
    for (String word : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      Matcher errors = ERROR_RATE.matcher(word);
      Matcher p99 = P99.matcher(word);
      if (errors.matches()) {
        double percent = Double.parseDouble(errors.group(1));
        if (percent > 100) {
          return null;
        }
        conditions.add(new AbortIf.ErrorRate(percent));
      } else if (p99.matches()) {
        Duration limit = Durations.parse(p99.group(1)).orElse(Duration.ZERO);
        if (limit.isZero() || limit.isNegative()) {
          return null;
        }
        conditions.add(new AbortIf.P99(limit));
      } else {
        return null;
      }
    }
    return conditions;
  }

  private static @Nullable Action action(String text) {
    return switch (text) {
      case "run" -> Action.RUN;
      case "abort" -> Action.ABORT;
      case "promote" -> Action.PROMOTE;
      default -> null;
    };
  }
}
