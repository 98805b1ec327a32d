package io.leat.control.manifest.rules;

import io.leat.control.resource.EventingSpec.LabelRequirement;
import io.leat.control.resource.EventingSpec.LabelSelector;
import io.leat.control.resource.EventingSpec.ProvisionerReference;
import io.leat.control.resource.Kind;
import io.leat.control.resource.ObjectRef;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rules of what one resource of eventing says of another, or of an address. */
final class ReferenceRules {
  private static final String DOMAIN =
      "must be a domain such as shop.default.svc.cluster.local, or an absolute http URL";
  private static final String URL = "must be an absolute http URL such as http://host/path";
  private static final List<String> OPERATORS = List.of("In", "NotIn", "Exists", "DoesNotExist");

  private final String namespace;
  private final Findings findings;

  /**
   * Rules for one resource.
   *
   * @param namespace of the resource
   */
  ReferenceRules(String namespace, Findings findings) {
    this.namespace = namespace;
    this.findings = findings;
  }

  /** A Channel of one of the kinds, in the same namespace. */
  void channel(String path, ObjectRef ref, List<Kind> kinds) {
    object(path, ref);
    if (ref.kind() == null || ref.apiVersion() == null) {
      return;
    }
    List<String> names = kinds.stream().map(Kind::kind).distinct().toList();
    if (!names.contains(ref.kind())) {
      findings.oneOf(path + ".kind", ref.kind(), names);
      return;
    }
    List<String> versions =
        kinds.stream()
            .filter(kind -> kind.kind().equals(ref.kind()))
            .map(Kind::apiVersion)
            .toList();
    findings.oneOf(path + ".apiVersion", ref.apiVersion(), versions);
  }

  /** Any object of the same namespace. */
  void object(String path, ObjectRef ref) {
    required(path + ".apiVersion", ref.apiVersion());
    required(path + ".kind", ref.kind());
    required(path + ".name", ref.name());
    here(path, ref);
  }

  private void required(String path, @Nullable String text) {
    if (text == null || text.isEmpty()) {
      findings.required(path);
    }
  }

  private void here(String path, ObjectRef ref) {
    if (ref.namespace() != null && !ref.namespace().equals(namespace)) {
      findings.add(
          path + ".namespace",
          "must be the namespace of the resource, "
              + Findings.quote(namespace)
              + Findings.got(ref.namespace()));
    }
  }

  /** One of name and selector. */
  void provisioner(ProvisionerReference reference) {
    String path = "spec.provisioner";
    ObjectRef ref = reference.ref();
    LabelSelector selector = reference.selector();
    if (ref != null && selector != null) {
      findings.add(path, "must have one of ref and selector, not both");
    } else if (ref != null) {
      required(path + ".ref.name", ref.name());
      findings.oneOf(path + ".ref.kind", ref.kind(), List.of(Kind.PROVISIONER.kind()));
      findings.oneOf(
          path + ".ref.apiVersion", ref.apiVersion(), List.of(Kind.PROVISIONER.apiVersion()));
      here(path + ".ref", ref);
    } else if (selector != null) {
      selector(path + ".selector", selector);
    } else {
      findings.add(path, "must have one of ref and selector");
    }
  }

  private void selector(String path, LabelSelector selector) {
    List<LabelRequirement> requirements =
        selector.matchExpressions() == null ? List.of() : selector.matchExpressions();
    boolean anyLabel = selector.matchLabels() != null && !selector.matchLabels().isEmpty();
    if (!anyLabel && requirements.isEmpty()) {
      findings.add(path, "must not be empty: it must match only one Provisioner");
    }
    for (int i = 0; i < requirements.size(); i++) {
      LabelRequirement requirement = requirements.get(i);
      String place = path + ".matchExpressions[" + i + "]";
      Names.labelKey(findings, place + ".key", requirement.key());
      findings.oneOf(place + ".operator", requirement.operator(), OPERATORS);
      boolean needsValues =
          requirement.operator().equals("In") || requirement.operator().equals("NotIn");
      boolean hasValues = requirement.values() != null && !requirement.values().isEmpty();
      if (needsValues && !hasValues) {
        findings.required(place + ".values");
      } else if (!needsValues && hasValues) {
        findings.add(place + ".values", "must be empty with " + requirement.operator());
      }
    }
  }

  /** A domain with or without a port, or an absolute URL. */
  void domain(String path, String text) {
    if (text.contains("://")) {
      url(path, text);
    } else if (!isDomain(text)) {
      findings.add(path, DOMAIN + Findings.got(text));
    }
  }

  /** An absolute URL. */
  void url(String path, String text) {
    if (!isUrl(text)) {
      findings.add(path, URL + Findings.got(text));
    }
  }

  static boolean isDomain(String text) {
    int colon = text.indexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    if (!Names.isSubdomain(host.toLowerCase(Locale.ROOT))) {
      return false;
    }
    String port = colon < 0 ? "80" : text.substring(colon + 1);
    return port.matches("[1-9][0-9]{0,4}") && Integer.parseInt(port) <= 65_535;
  }

  private static boolean isUrl(String text) {
    try {
      URI uri = new URI(text);
      return "http".equalsIgnoreCase(uri.getScheme())
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getFragment() == null
          && uri.getPort() <= 65_535
          && uri.getPort() != 0;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
