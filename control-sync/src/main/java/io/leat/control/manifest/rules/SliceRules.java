package io.leat.control.manifest.rules;

import io.leat.control.resource.Metadata;
import io.leat.control.resource.Spec.EndpointSliceSpec;
import io.leat.control.resource.Spec.SliceEndpoint;
import io.leat.control.resource.Spec.SlicePort;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rules for an EndpointSlice: endpoints of a revision that somebody else runs. */
final class SliceRules {
  /** The label that names the revision that a slice belongs to. */
  static final String REVISION_LABEL = "serving.knative.dev/revision";

  private static final int MAX_ENDPOINTS = 1000;
  private static final int MAX_ADDRESSES = 100;

  private SliceRules() {}

  static void check(Metadata metadata, EndpointSliceSpec spec, Findings findings) {
    String revision = metadata.labels().get(REVISION_LABEL);
    if (revision == null || revision.isEmpty()) {
      findings.add(
          "metadata.labels[" + REVISION_LABEL + "]",
          "is required: it names the revision that the endpoints belong to");
    } else {
      Names.dns1035(findings, "metadata.labels[" + REVISION_LABEL + "]", revision);
    }
    List<String> types = List.of("IPv4", "IPv6", "FQDN");
    findings.oneOf("addressType", spec.addressType(), types);
    List<SliceEndpoint> endpoints = spec.endpoints() == null ? List.of() : spec.endpoints();
    if (endpoints.size() > MAX_ENDPOINTS) {
      findings.add(
          "endpoints",
          "must hold at most " + MAX_ENDPOINTS + " endpoints (got " + endpoints.size() + ")");
    }
    for (int i = 0; i < endpoints.size(); i++) {
      addresses(spec.addressType(), endpoints.get(i).addresses(), "endpoints[" + i + "]", findings);
    }
    ports(spec.ports(), findings);
  }

  private static void addresses(
      String type, List<String> addresses, String path, Findings findings) {
    if (addresses.isEmpty() || addresses.size() > MAX_ADDRESSES) {
      findings.add(
          path + ".addresses",
          "must hold 1 to " + MAX_ADDRESSES + " addresses (got " + addresses.size() + ")");
    }
    for (int i = 0; i < addresses.size(); i++) {
      String address = addresses.get(i);
      boolean right =
          switch (type) {
            case "IPv4" -> Names.isIpv4(address);
            case "IPv6" -> Names.isIpv6(address);
            case "FQDN" -> Names.isSubdomain(address.toLowerCase(Locale.ROOT));
            default -> true;
          };
      if (!right) {
        String what = type.equals("FQDN") ? "a host name" : "an " + type + " address";
        findings.add(path + ".addresses[" + i + "]", "must be " + what + Findings.got(address));
      }
    }
  }

  private static void ports(@Nullable List<SlicePort> ports, Findings findings) {
    if (ports == null || ports.isEmpty()) {
      findings.add("ports", "is required: one port named http1 or h2c");
      return;
    }
    if (ports.size() > 1) {
      findings.add("ports", "must hold exactly one port (got " + ports.size() + ")");
    }
    for (int i = 0; i < ports.size(); i++) {
      SlicePort port = ports.get(i);
      String path = "ports[" + i + "]";
      if (port.name() == null) {
        findings.add(path + ".name", "is required: http1 or h2c");
      }
      findings.oneOf(path + ".name", port.name(), RevisionRules.PORT_NAMES);
      if (port.port() == null) {
        findings.required(path + ".port");
      }
      findings.range(path + ".port", port.port(), 1, RevisionRules.MAX_PORT);
      findings.oneOf(path + ".protocol", port.protocol(), List.of("TCP"));
    }
  }
}
