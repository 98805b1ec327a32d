package io.leat.control.manifest;

/** Right manifests for tests to break. */
final class ManifestTexts {
  private ManifestTexts() {}

  static String lines(String... lines) {
    return String.join("\n", lines) + "\n";
  }

  static String configuration(String specField) {
    return """
    apiVersion: serving.knative.dev/v1
    kind: Configuration
    metadata: {name: shop}
    spec:
      template:
        metadata: {annotations: {}}
        spec:
          containers:
          - command: [python3, app.py]
    """
        + (specField.isEmpty() ? "" : "      " + specField + "\n");
  }

  static String container(String field) {
    return configuration("") + "        " + field + "\n";
  }

  static String annotated(String annotations) {
    return configuration("")
        .replace("annotations: {}", "annotations: {autoscaling.knative.dev/" + annotations + "}");
  }

  static String route(String traffic) {
    return "apiVersion: serving.knative.dev/v1\nkind: Route\nmetadata: {name: shop}\nspec:\n"
        + "  traffic:\n  "
        + traffic
        + "\n";
  }

  static String annotatedRoute(String annotations) {
    return route("- {revisionName: a, percent: 100}")
        .replace("name: shop", "name: shop, annotations: {leat.dev/" + annotations + "}");
  }

  static String slice(String type, String address, String portName, String port) {
    return "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n"
        + "metadata: {name: a, labels: {serving.knative.dev/revision: shop-00001}}\n"
        + "addressType: "
        + type
        + "\nendpoints: [{addresses: ["
        + address
        + "]}]\nports: [{name: "
        + portName
        + ", port: "
        + port
        + "}]\n";
  }
}
