package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.proxy.config.NearestName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The kinds that the server serves, by every name that people use for them. */
final class ServedKinds {
  private static final String AGGREGATED =
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

  private final List<ServedKind> kinds = new ArrayList<>();

  /**
   * One kind.
   *
   * @param group empty for core
   * @param ready whether its resources tell by a condition that they are ready
   */
  record ServedKind(
      String group,
      String version,
      String kind,
      String plural,
      List<String> shortNames,
      boolean namespaced,
      boolean ready) {

    String apiVersion() {
      return group.isEmpty() ? version : group + "/" + version;
    }

    /** {@code route.serving.knative.dev}: how lines name it before a slash. */
    String singular() {
      return kind.toLowerCase(Locale.ROOT) + (group.isEmpty() ? "" : "." + group);
    }

    /** The path of a collection; of every namespace when {@code namespace} is empty. */
    String collection(String namespace) {
      String root = group.isEmpty() ? "/api/" : "/apis/";
      boolean below = namespaced && !namespace.isEmpty();
      return root
          + apiVersion()
          + (below ? "/namespaces/" + ServerClient.encoded(namespace) : "")
          + "/"
          + plural;
    }

    /** The path of one resource. */
    String path(String namespace, String name) {
      return collection(namespace) + "/" + ServerClient.encoded(name);
    }

    /** Whether a person means this kind by the word. */
    boolean isNamed(String word) {
      String suffix = group.isEmpty() ? "" : "." + group;
      return word.equalsIgnoreCase(kind)
          || word.equalsIgnoreCase(plural)
          || word.equalsIgnoreCase(kind + suffix)
          || word.equalsIgnoreCase(plural + suffix)
          || shortNames.stream().anyMatch(word::equalsIgnoreCase);
    }
  }

  /** Asks the server. */
  ServedKinds(ServerClient client) {
    for (String path : List.of("/apis", "/api")) {
      JsonNode groups = client.send("GET", path, AGGREGATED).required();
      for (JsonNode group : groups.path("items")) {
        String name = group.at("/metadata/name").asText("");
        for (JsonNode version : group.path("versions")) {
          version.path("resources").forEach(resource -> add(name, version, resource));
        }
      }
    }
  }

  private void add(String group, JsonNode version, JsonNode resource) {
    List<String> shortNames = new ArrayList<>();
    resource.path("shortNames").forEach(word -> shortNames.add(word.asText()));
    String kind = resource.at("/responseKind/kind").asText();
    boolean ready = !resource.path("subresources").isEmpty() && !kind.equals("EndpointSlice");
    kinds.add(
        new ServedKind(
            group,
            version.path("version").asText(),
            kind,
            resource.path("resource").asText(),
            List.copyOf(shortNames),
            resource.path("scope").asText().equals("Namespaced"),
            ready));
  }

  List<ServedKind> all() {
    return kinds;
  }

  /** The kind that a document names. */
  ServedKind of(String apiVersion, String kind) {
    return kinds.stream()
        .filter(served -> served.kind().equals(kind) && served.apiVersion().equals(apiVersion))
        .findFirst()
        .orElseThrow(() ->
            new CommandFailure(
                ExitCode.VALIDATION,
                "the server knows no kind " + kind + " of " + apiVersion + "; is it older?"));
  }

  /** The kind that a person means. */
  ServedKind named(String word) {
    return kinds.stream()
        .filter(kind -> kind.isNamed(word))
        .findFirst()
        .orElseThrow(() -> new CommandFailure(ExitCode.USAGE, unknown(word)));
  }

  private String unknown(String word) {
    String nearest =
        NearestName.of(
            word.toLowerCase(Locale.ROOT), kinds.stream().map(ServedKind::plural).toList());
    return "unknown kind \""
        + word
        + "\""
        + (nearest == null ? "" : ", did you mean " + nearest + "?")
        + " (expected one of "
        + kinds.stream().map(ServedKind::plural).collect(Collectors.joining(", "))
        + ")";
  }
}
