package io.leat.control.manifest.rules;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads typed values from the autoscaling annotations of one revision; a broken value becomes a
 * finding and its default. Confined to one call.
 */
final class AnnotationReader {
  private static final List<String> KEYS =
      List.of(
          "class",
          "min-scale",
          "max-scale",
          "initial-scale",
          "activation-scale",
          "metric",
          "target",
          "target-utilization-percentage",
          "target-burst-capacity",
          "window",
          "panic-window-percentage",
          "panic-threshold-percentage",
          "scale-down-delay",
          "scale-to-zero-pod-retention-period",
          "metric-aggregation-algorithm");
  private static final Map<String, String> KEBAB_OF = kebabNames();
  private static final Pattern DECIMAL = Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)");

  /** Values by kebab-case key. */
  private final Map<String, String> values = new HashMap<>();

  /** Keys as written, by kebab-case key. */
  private final Map<String, String> written = new HashMap<>();

  private final List<String> unknown = new ArrayList<>();
  private final String basePath;
  private final Findings findings;

  AnnotationReader(Map<String, String> annotations, String basePath, Findings findings) {
    this.basePath = basePath;
    this.findings = findings;
    annotations.forEach(this::sort);
  }

  /** The kebab-case spelling of a key without prefix; one that means nothing stays as it is. */
  static String kebab(String key) {
    return KEBAB_OF.getOrDefault(key, key);
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  List<String> unknown() {
    return List.copyOf(unknown);
  }

  /** Adds a finding about a key that is set, with the value that it has. */
  void problem(String key, String message) {
    String value = values.get(key);
    findings.add(path(key), message + (value == null ? "" : Findings.got(value)));
  }

  String text(String key, String fallback) {
    String value = values.get(key);
    if (value != null && value.isEmpty()) {
      problem(key, "must not be empty");
    }
    return value == null || value.isEmpty() ? fallback : value;
  }

  String oneOf(String key, String fallback, List<String> allowed) {
    String value = text(key, fallback);
    if (allowed.contains(value)) {
      return value;
    }
    findings.oneOf(path(key), value, allowed);
    return fallback;
  }

  int integer(String key, int fallback, int min) {
    String value = values.get(key);
    if (value == null) {
      return fallback;
    }
    Integer number = parseInteger(value);
    if (number == null) {
      problem(key, "must be an integer");
    } else if (number < min) {
      problem(key, "must be at least " + min);
    } else {
      return number;
    }
    return fallback;
  }

  double decimal(String key, double fallback, double min, double max) {
    String value = values.get(key);
    if (value == null) {
      return fallback;
    }
    if (value.length() > 32 || !DECIMAL.matcher(value).matches()) {
      problem(key, "must be a number");
      return fallback;
    }
    double number = Double.parseDouble(value);
    if (number < min) {
      problem(key, "must be at least " + shown(min));
    } else if (number > max) {
      problem(key, "must be at most " + shown(max));
    } else {
      return number;
    }
    return fallback;
  }

  Duration duration(String key, Duration fallback, Duration min, Duration max) {
    String value = values.get(key);
    if (value == null) {
      return fallback;
    }
    Duration parsed = findings.wholeSeconds(path(key), value, min, max);
    return parsed == null ? fallback : parsed;
  }

  private void sort(String fullKey, String value) {
    if (!fullKey.startsWith(AutoscalingAnnotations.PREFIX)) {
      return;
    }
    String key = fullKey.substring(AutoscalingAnnotations.PREFIX.length());
    String kebab = KEBAB_OF.get(key);
    if (kebab == null) {
      String nearest = NearestName.of(key, KEBAB_OF.keySet());
      if (nearest == null) {
        unknown.add(fullKey);
      } else {
        findings.add(
            basePath + "[" + fullKey + "]",
            "unknown annotation "
                + Findings.quote(fullKey)
                + ", did you mean "
                + Findings.quote(AutoscalingAnnotations.PREFIX + nearest)
                + "?");
      }
      return;
    }
    String first = written.putIfAbsent(kebab, fullKey);
    if (first == null) {
      values.put(kebab, value);
    } else {
      findings.add(
          basePath + "[" + fullKey + "]", "means the same as " + first + ": give one of the two");
    }
  }

  private String path(String key) {
    return basePath + "[" + written.getOrDefault(key, AutoscalingAnnotations.PREFIX + key) + "]";
  }

  private static @Nullable Integer parseInteger(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static String shown(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }

  private static Map<String, String> kebabNames() {
    Map<String, String> names = new HashMap<>();
    for (String key : KEYS) {
      names.put(key, key);
      names.put(camel(key), key);
    }
    return Map.copyOf(names);
  }

  private static String camel(String kebab) {
    var camel = new StringBuilder();
    for (int i = 0; i < kebab.length(); i++) {
      char c = kebab.charAt(i);
      if (c == '-') {
        i++;
        camel.append(String.valueOf(kebab.charAt(i)).toUpperCase(Locale.ROOT));
      } else {
        camel.append(c);
      }
    }
    return camel.toString();
  }
}
