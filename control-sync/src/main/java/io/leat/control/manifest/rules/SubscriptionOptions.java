package io.leat.control.manifest.rules;

import io.leat.proxy.log.CursorStart;
import io.leat.proxy.table.AggregatePolicy;
import io.leat.proxy.table.SubscriptionRole;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the annotations {@code eventing.knative.dev/*} of a Subscription say of its role and of
 * delivery; a Channel may say {@code ordered} and {@code parallelism} for those that do not.
 *
 * @param role null when the target says it, or nobody
 * @param attributesOnly whether a router gets the event without its data
 * @param splitPath where the Channel finds the array that it splits itself, null when it does not
 * @param aggregate how the Channel forms groups, null when it forms none
 * @param ordered whether events of one {@code partitionkey} follow each other
 * @param parallelism tries at once; 0 when nothing is said
 * @param drains whether the backlog is still delivered after the deletion
 * @param paused whether nothing is delivered for now
 * @param startAt where a Subscription begins that is new to its Channel
 */
public record SubscriptionOptions(
    @Nullable SubscriptionRole role,
    boolean attributesOnly,
    @Nullable String splitPath,
    @Nullable AggregatePolicy aggregate,
    boolean ordered,
    int parallelism,
    boolean drains,
    boolean paused,
    String startAt) {
  /** What every key starts with. */
  public static final String PREFIX = "eventing.knative.dev/";

  /** The annotation that names the role, on the Subscription or on what is called. */
  public static final String ROLE = "role";

  private static final String ROUTER_INPUT = "router-input";
  private static final String SPLIT_PATH = "split-path";
  private static final String BY = "aggregate-by";
  private static final String SIZE = "aggregate-size";
  private static final String TIMEOUT = "aggregate-timeout";
  private static final String UNTIL = "aggregate-until";
  private static final String ON_TIMEOUT = "aggregate-on-timeout";
  private static final String ORDERED = "ordered";
  private static final String PARALLELISM = "parallelism";
  private static final String BACKLOG = "backlog";
  private static final String PAUSED = "paused";
  private static final String START_AT = "start-at";

  /** Of Channels only; it is no option of deliveries. */
  private static final String SCHEMA_POLICY = "schema-policy";

  private static final int MOST_PARALLEL = 10_000;
  private static final int MOST_MEMBERS = 1_000_000;
  private static final Pattern PATH = Pattern.compile("\\$(\\.[A-Za-z0-9_-]{1,128}){0,16}");
  private static final Pattern ATTRIBUTE = Pattern.compile("[a-z0-9]{1,64}");
  private static final Pattern UNTIL_VALUE = Pattern.compile("[a-z0-9]{1,64}=.{1,256}");
  private static final Set<String> AGGREGATE = Set.of(BY, SIZE, TIMEOUT, UNTIL, ON_TIMEOUT);

  /** The rule of a value: how messages say it, and whether it holds. */
  private record Rule(String expected, Predicate<String> holds) {
    static Rule words(String... words) {
      return new Rule("must be " + Findings.alternatives(List.of(words)), List.of(words)::contains);
    }
  }

  private static final Map<String, Rule> RULES =
      Map.of(
          ROLE,
          Rule.words(roles()),
          ROUTER_INPUT,
          Rule.words("attributes", "event"),
          SPLIT_PATH,
          new Rule("must be a path such as $.items", text -> PATH.matcher(text).matches()),
          BY,
          new Rule("must be a CloudEvents attribute name", t -> ATTRIBUTE.matcher(t).matches()),
          SIZE,
          new Rule("must be a number of 1 to " + MOST_MEMBERS + ", or split", t -> size(t) != 0),
          TIMEOUT,
          new Rule(Durations.EXPECTED + ", above 0", text -> timeout(text) != null),
          UNTIL,
          new Rule("must be ATTRIBUTE=VALUE", text -> UNTIL_VALUE.matcher(text).matches()),
          ON_TIMEOUT,
          Rule.words("partial", "discard"),
          PARALLELISM,
          new Rule("must be a number of 1 to " + MOST_PARALLEL, text -> parallelism(text) > 0),
          BACKLOG,
          Rule.words("drain", "drop"));

  private static final Rule POLICY = Rule.words("warn", "reject");
  private static final Rule START =
      new Rule("must be " + CursorStart.EXPECTED, text -> CursorStart.of(text).isPresent());
  private static final Rule BOOLEAN = Rule.words("true", "false");

  private static String[] roles() {
    return roleNames().toArray(String[]::new);
  }

  /** The names of the roles, in lower case. */
  static List<String> roleNames() {
    return List.of(SubscriptionRole.values()).stream().map(SubscriptionOptions::name).toList();
  }

  /** How annotations and resources spell a role. */
  public static String name(SubscriptionRole role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  /** The role of a name. */
  public static Optional<SubscriptionRole> role(String name) {
    for (SubscriptionRole role : SubscriptionRole.values()) {
      if (name(role).equals(name)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }

  /** The annotations that count, by key without prefix. */
  public static Map<String, String> chosen(Map<String, String> annotations) {
    Map<String, String> chosen = new TreeMap<>();
    annotations.forEach((key, value) -> {
      if (key.startsWith(PREFIX) && rule(key.substring(PREFIX.length())) != null) {
        chosen.put(key.substring(PREFIX.length()), value);
      }
    });
    return chosen;
  }

  /** Reads chosen annotations; a value that breaks its rule counts as absent. */
  public static SubscriptionOptions of(Map<String, String> chosen) {
    Map<String, String> right = new TreeMap<>(chosen);
    right.entrySet().removeIf(entry -> !holds(entry.getKey(), entry.getValue()));
    String role = right.get(ROLE);
    return new SubscriptionOptions(
        role == null ? null : role(role).orElse(null),
        "attributes".equals(right.get(ROUTER_INPUT)),
        right.get(SPLIT_PATH),
        aggregate(right),
        "true".equals(right.get(ORDERED)),
        parallelism(right.getOrDefault(PARALLELISM, "0")),
        !"drop".equals(right.get(BACKLOG)),
        "true".equals(right.get(PAUSED)),
        right.getOrDefault(START_AT, "end"));
  }

  /** Why an option that is set means nothing to a role; empty when each means something. */
  public String misplaced(SubscriptionRole as) {
    if (attributesOnly && as != SubscriptionRole.ROUTER) {
      return PREFIX + ROUTER_INPUT + " is for routers, not for a " + name(as);
    }
    if (splitPath != null && as != SubscriptionRole.SPLITTER) {
      return PREFIX + SPLIT_PATH + " is for splitters, not for a " + name(as);
    }
    return aggregate != null && as != SubscriptionRole.AGGREGATOR
        ? PREFIX + "aggregate-* is for aggregators, not for a " + name(as)
        : "";
  }

  static void check(Map<String, String> annotations, Findings findings) {
    annotations.forEach((key, value) -> {
      if (key.startsWith(PREFIX)) {
        check(key, value, findings);
      }
    });
    Map<String, String> chosen = chosen(annotations);
    boolean grouped = AGGREGATE.stream().anyMatch(chosen::containsKey);
    if (grouped && AGGREGATE.stream().noneMatch(key -> completes(key) && chosen.containsKey(key))) {
      findings.add(
          "metadata.annotations",
          "must say with " + PREFIX + "aggregate-size, -timeout or -until when a group is whole");
    }
  }

  private static boolean completes(String key) {
    return key.equals(SIZE) || key.equals(TIMEOUT) || key.equals(UNTIL);
  }

  private static void check(String key, String value, Findings findings) {
    String path = "metadata.annotations[" + key + "]";
    String name = key.substring(PREFIX.length());
    Rule rule = name.equals(SCHEMA_POLICY) ? POLICY : rule(name);
    if (rule == null) {
      Set<String> names = new TreeSet<>(RULES.keySet());
      names.add(ORDERED);
      names.add(PAUSED);
      names.add(START_AT);
      names.add(SCHEMA_POLICY);
      String nearest = NearestName.of(name, names);
      if (nearest != null) {
        findings.add(
            path,
            "unknown annotation "
                + Findings.quote(key)
                + ", did you mean "
                + Findings.quote(PREFIX + nearest)
                + "?");
      }
    } else if (!rule.holds().test(value)) {
      findings.add(path, rule.expected() + Findings.got(value));
    }
  }

  private static @Nullable Rule rule(String name) {
    return switch (name) {
      case ORDERED, PAUSED -> BOOLEAN;
      case START_AT -> START;
      default -> RULES.get(name);
    };
  }

  private static boolean holds(String name, String value) {
    Rule rule = rule(name);
    return rule != null && rule.holds().test(value);
  }

  private static @Nullable AggregatePolicy aggregate(Map<String, String> right) {
    int size = size(right.getOrDefault(SIZE, ""));
    Duration timeout = timeout(right.getOrDefault(TIMEOUT, ""));
    String until = right.get(UNTIL);
    if (size == 0 && timeout == null && until == null) {
      return null;
    }
    boolean partial = !"discard".equals(right.get(ON_TIMEOUT));
    return new AggregatePolicy(right.get(BY), size, timeout, until, partial);
  }

  /** 0 for what is no size. */
  private static int size(String text) {
    return text.equals("split") ? AggregatePolicy.AS_SPLIT : number(text, MOST_MEMBERS);
  }

  private static int parallelism(String text) {
    return number(text, MOST_PARALLEL);
  }

  private static int number(String text, int most) {
    if (!text.matches("[0-9]{1,9}")) {
      return 0;
    }
    int number = Integer.parseInt(text);
    return number > most ? 0 : number;
  }

  private static @Nullable Duration timeout(String text) {
    return Durations.parse(text)
        .filter(duration -> !duration.isNegative() && !duration.isZero())
        .orElse(null);
  }
}
