package io.leat.control.manifest.rules;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Spec.DomainMappingSpec;
import io.leat.control.resource.Spec.DomainRef;
import java.util.List;

/** The rules of a DomainMapping (Knative Serving v1beta1). */
final class DomainRules {
  private static final List<String> KINDS = List.of(Kind.SERVICE.kind(), Kind.ROUTE.kind());
  private static final String CLUSTER = "cluster.local";

  private DomainRules() {}

  static void check(Metadata metadata, DomainMappingSpec spec, Findings findings) {
    String name = metadata.name();
    if (name.indexOf('.') < 0) {
      findings.add(
          "metadata.name", "must be a full host name such as shop.example.org" + got(name));
    } else if (name.equals(CLUSTER) || name.endsWith("." + CLUSTER)) {
      findings.add("metadata.name", "must not be below " + CLUSTER + got(name));
    }
    DomainRef ref = spec.ref();
    findings.oneOf("spec.ref.kind", ref.kind(), KINDS);
    Names.dns1035(findings, "spec.ref.name", ref.name());
    if (ref.apiVersion() != null && !ref.apiVersion().equals(Kind.SERVICE.apiVersion())) {
      findings.add(
          "spec.ref.apiVersion", "must be " + Kind.SERVICE.apiVersion() + got(ref.apiVersion()));
    }
    if (ref.namespace() != null && !ref.namespace().equals(metadata.namespace())) {
      findings.add(
          "spec.ref.namespace",
          "must be the namespace of the mapping, "
              + Findings.quote(metadata.namespace())
              + got(ref.namespace()));
    }
    if (spec.tls() != null && !Names.isSubdomain(spec.tls().secretName())) {
      findings.add("spec.tls.secretName", Names.SUBDOMAIN + got(spec.tls().secretName()));
    }
  }

  private static String got(String text) {
    return Findings.got(text);
  }
}
