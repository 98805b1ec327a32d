package io.leat.control.manifest.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Spec.EndpointSliceSpec;
import io.leat.control.resource.Spec.SlicePort;
import io.leat.control.resource.Spec.TrafficTarget;
import io.leat.control.resource.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Resources of one kind as rows of text, with the columns that Knative's own definitions print.
 *
 * @param header column names in capitals
 * @param rows a cell per column, in the order of the resources
 */
public record ResourceTable(List<String> header, List<List<String>> rows) {
  private static final String GENERATION_LABEL = "serving.knative.dev/configurationGeneration";
  private static final String CONFIGURATION_LABEL = "serving.knative.dev/configuration";
  private static final String REVISION_LABEL = "serving.knative.dev/revision";
  private static final Column READY = new Column("READY", r -> state(r));
  private static final Column REASON = new Column("REASON", r -> reason(r));

  /** What is shown. */
  public enum Detail {
    /** The columns of the definition. */
    PLAIN,
    /** Those, traffic, age and the message of the Ready condition. */
    WIDE
  }

  record Column(String name, Function<Resource, String> cell) {}

  /** Copies the lists. */
  public ResourceTable {
    header = List.copyOf(header);
    rows = rows.stream().map(List::copyOf).toList();
  }

  /**
   * Lays out resources of one kind.
   *
   * @param withNamespace whether the first column names the namespace
   * @param now what ages are counted to
   */
  public static ResourceTable of(
      Kind kind, List<Resource> resources, Detail detail, boolean withNamespace, Instant now) {
    List<Column> columns = new ArrayList<>();
    if (withNamespace) {
      columns.add(new Column("NAMESPACE", r -> r.metadata().namespace()));
    }
    if (kind == Kind.EVENT) {
      columns.add(new Column("LAST SEEN", r -> age(since(r), now)));
    } else {
      columns.add(new Column("NAME", r -> r.metadata().name()));
    }
    columns.addAll(columns(kind));
    if (kind == Kind.EVENT && detail == Detail.WIDE) {
      columns.add(new Column("NAME", r -> r.metadata().name()));
    } else if (kind.isDocument() && kind != Kind.EVENT) {
      columns.add(new Column("AGE", r -> age(r.metadata().creationTimestamp(), now)));
    } else if (detail == Detail.WIDE && !kind.isDocument()) {
      columns.addAll(wide(kind, now));
    }
    List<List<String>> rows = new ArrayList<>();
    for (Resource resource : resources) {
      rows.add(columns.stream().map(column -> column.cell().apply(resource)).toList());
    }
    return new ResourceTable(columns.stream().map(Column::name).toList(), rows);
  }

  /** Aligned lines, three spaces between columns, each ended by a newline. */
  public String text() {
    List<List<String>> all = new ArrayList<>();
    all.add(header);
    all.addAll(rows);
    int[] widths =
        IntStream.range(0, header.size())
            .map(i -> all.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
            .toArray();
    var text = new StringBuilder();
    for (List<String> row : all) {
      var line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 3);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static List<Column> columns(Kind kind) {
    Column url = new Column("URL", r -> orEmpty(r.status().url()));
    Column created =
        new Column("LATESTCREATED", r -> orEmpty(r.status().latestCreatedRevisionName()));
    Column ready = new Column("LATESTREADY", r -> orEmpty(r.status().latestReadyRevisionName()));
    return switch (kind) {
      case SERVICE -> List.of(url, created, ready, READY, REASON);
      case ROUTE -> List.of(url, READY, REASON);
      case DOMAIN_MAPPING ->
          List.of(url, new Column("REF", ResourceTable::reference), READY, REASON);
      case CONFIGURATION -> List.of(created, ready, READY, REASON);
      case REVISION ->
          List.of(
              new Column("CONFIG NAME", r -> label(r, CONFIGURATION_LABEL)),
              new Column("GENERATION", r -> label(r, GENERATION_LABEL)),
              READY,
              REASON,
              new Column("ACTUAL REPLICAS", r -> number(r.status().actualReplicas())),
              new Column("DESIRED REPLICAS", r -> number(r.status().desiredReplicas())));
      case ENDPOINT_SLICE ->
          List.of(
              new Column("REVISION", r -> label(r, REVISION_LABEL)),
              new Column("ADDRESSTYPE", r -> slice(r).addressType()),
              new Column("PORTS", r -> ports(slice(r))),
              new Column("ENDPOINTS", r -> addresses(slice(r))));
      case SOURCE,
          CHANNEL,
          SUBSCRIPTION,
          PROVISIONER,
          EVENT_TYPE,
          SUBSCRIPTION_SET,
          MESSAGING_CHANNEL,
          IN_MEMORY_CHANNEL,
          MESSAGING_SUBSCRIPTION ->
          EventingColumns.of(kind, READY, REASON);
      case NAMESPACE,
          EVENT,
          CONFIG_MAP,
          SECRET,
          LEASE,
          CORE_SERVICE,
          DEPLOYMENT,
          MODULE,
          MODULE_RESOURCE ->
          documents(kind);
    };
  }

  private static List<Column> documents(Kind kind) {
    List<Column> columns = new ArrayList<>();
    switch (kind) {
      case NAMESPACE -> columns.add(new Column("STATUS", r -> field(r, "/status/phase")));
      case EVENT -> {
        columns.add(new Column("TYPE", r -> field(r, "/type")));
        columns.add(new Column("REASON", r -> field(r, "/reason")));
        columns.add(new Column("OBJECT", r -> involved(r)));
        columns.add(new Column("COUNT", r -> field(r, "/count")));
        columns.add(new Column("MESSAGE", r -> field(r, "/message")));
      }
      case CONFIG_MAP -> columns.add(new Column("DATA", r -> count(r, "/data")));
      case SECRET -> {
        columns.add(new Column("TYPE", r -> field(r, "/type")));
        columns.add(new Column("DATA", r -> count(r, "/data")));
      }
      case MODULE -> columns.add(new Column("KIND", r -> field(r, "/spec/kind")));
      case MODULE_RESOURCE -> {
        columns.add(new Column("KIND", r -> field(r, "/spec/kind")));
        columns.add(new Column("STATUS", r -> field(r, "/status/status")));
        columns.add(new Column("LAST ACTION", r -> field(r, "/spec/action/name")));
      }
      case CORE_SERVICE -> {
        columns.add(new Column("TYPE", r -> field(r, "/spec/type")));
        columns.add(new Column("CLUSTER-IP", r -> field(r, "/spec/clusterIP")));
      }
      case DEPLOYMENT -> {
        columns.add(new Column("REPLICAS", r -> field(r, "/spec/replicas")));
        columns.add(new Column("AVAILABLE", r -> field(r, "/status/availableReplicas")));
      }
      default -> columns.add(new Column("HOLDER", r -> field(r, "/spec/holderIdentity")));
    }
    return columns;
  }

  private static JsonNode at(Resource resource, String pointer) {
    return resource.spec() instanceof Spec.Document document
        ? ResourceJson.fields(document).at(pointer)
        : MissingNode.getInstance();
  }

  private static String field(Resource resource, String pointer) {
    return at(resource, pointer).asText("");
  }

  private static String count(Resource resource, String pointer) {
    return Integer.toString(at(resource, pointer).size());
  }

  private static String involved(Resource resource) {
    String kind = field(resource, "/involvedObject/kind").toLowerCase(Locale.ROOT);
    return kind + "/" + field(resource, "/involvedObject/name");
  }

  /** What its age is counted from: an event's is that of its last occurrence. */
  private static @Nullable Instant since(Resource resource) {
    String last = resource.kind() == Kind.EVENT ? field(resource, "/lastTimestamp") : "";
    try {
      return last.isEmpty() ? resource.metadata().creationTimestamp() : Instant.parse(last);
    } catch (DateTimeParseException e) {
      return resource.metadata().creationTimestamp();
    }
  }

  private static List<Column> wide(Kind kind, Instant now) {
    List<Column> columns = new ArrayList<>();
    if (kind == Kind.SERVICE || kind == Kind.ROUTE) {
      columns.add(new Column("TRAFFIC", r -> traffic(r.status())));
    }
    columns.add(new Column("AGE", r -> age(r.metadata().creationTimestamp(), now)));
    if (!kind.isSilent()) {
      columns.add(new Column("MESSAGE", r -> message(r)));
    }
    return columns;
  }

  private static String state(Resource resource) {
    return resource.status().condition("Ready").map(c -> c.state().text()).orElse("");
  }

  private static String reason(Resource resource) {
    return resource.status().condition("Ready").map(Condition::reason).orElse("");
  }

  private static String message(Resource resource) {
    return resource.status().condition("Ready").map(c -> c.message().replace('\n', ' ')).orElse("");
  }

  private static String traffic(Status status) {
    List<TrafficTarget> traffic = status.traffic() == null ? List.of() : status.traffic();
    return traffic.stream()
        .map(target ->
            orEmpty(target.revisionName())
                + "="
                + (target.percent() == null ? 0 : target.percent())
                + "%"
                + (target.tag() == null ? "" : " (" + target.tag() + ")"))
        .collect(Collectors.joining(", "));
  }

  private static String reference(Resource resource) {
    return resource.spec() instanceof Spec.DomainMappingSpec spec
        ? spec.ref().kind() + "/" + spec.ref().name()
        : "";
  }

  private static EndpointSliceSpec slice(Resource resource) {
    return (EndpointSliceSpec) resource.spec();
  }

  private static String ports(EndpointSliceSpec spec) {
    List<SlicePort> ports = spec.ports() == null ? List.of() : spec.ports();
    return ports.stream().map(port -> number(port.port())).collect(Collectors.joining(","));
  }

  private static String addresses(EndpointSliceSpec spec) {
    return spec.endpoints() == null
        ? ""
        : spec.endpoints().stream()
            .flatMap(endpoint -> endpoint.addresses().stream())
            .collect(Collectors.joining(","));
  }

  private static String label(Resource resource, String key) {
    return resource.metadata().labels().getOrDefault(key, "");
  }

  private static String number(@Nullable Integer number) {
    return number == null ? "" : number.toString();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** An age as kubectl shows it: one unit, two for small amounts. */
  static String age(@Nullable Instant created, Instant now) {
    if (created == null) {
      return "";
    }
    Duration age = Duration.between(created, now);
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 120) {
      return seconds + "s";
    }
    if (seconds < 600) {
      return pair(seconds / 60, "m", seconds % 60, "s");
    }
    if (seconds < 3 * 3600) {
      return seconds / 60 + "m";
    }
    if (seconds < 8 * 3600) {
      return pair(seconds / 3600, "h", seconds / 60 % 60, "m");
    }
    return seconds < 48 * 3600 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
  }

  private static String pair(long big, String bigUnit, long small, String smallUnit) {
    return big + bigUnit + (small == 0 ? "" : small + smallUnit);
  }
}
