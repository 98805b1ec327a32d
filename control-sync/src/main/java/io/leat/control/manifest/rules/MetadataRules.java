package io.leat.control.manifest.rules;

import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Spec.TemplateMetadata;
import java.time.Duration;
import java.util.Map;

/** The rules for names, labels and annotations. */
final class MetadataRules {
  private static final String VISIBILITY = "networking.knative.dev/visibility";
  private static final String ROLLOUT = "serving.knative.dev/rollout-duration";
  private static final String PROGRESS = "serving.knative.dev/progress-deadline";
  private static final Duration YEAR = Duration.ofDays(365);

  private MetadataRules() {}

  static void check(Kind kind, Metadata metadata, Findings findings) {
    if (kind == Kind.NAMESPACE) {
      if (!Names.isDns1123(metadata.name())) {
        findings.add("metadata.name", Names.DNS_1123 + Findings.got(metadata.name()));
      }
    } else if (isNamedFreely(kind)) {
      if (!Names.isSubdomain(metadata.name())) {
        findings.add("metadata.name", Names.SUBDOMAIN + Findings.got(metadata.name()));
      }
    } else {
      Names.dns1035(findings, "metadata.name", metadata.name());
    }
    if (kind.isNamespaced() && !Names.isDns1123(metadata.namespace())) {
      findings.add("metadata.namespace", Names.DNS_1123 + Findings.got(metadata.namespace()));
    }
    labels(metadata.labels(), "metadata.labels", findings);
    annotations(metadata.annotations(), "metadata.annotations", findings);
    RouteAnnotations.check(kind, metadata.annotations(), findings);
    if (kind == Kind.REVISION) {
      AutoscalingAnnotations.check(metadata.annotations(), "metadata.annotations", findings);
    } else {
      noAutoscaling(metadata.annotations(), findings);
    }
  }

  /** Whether no name of a resource becomes the label of a host. */
  private static boolean isNamedFreely(Kind kind) {
    return kind == Kind.ENDPOINT_SLICE
        || kind == Kind.DOMAIN_MAPPING
        || kind.isDocument()
        || (kind.isEventing() && !kind.isChannel());
  }

  static void template(String parent, TemplateMetadata metadata, Findings findings) {
    String path = "spec.template.metadata";
    String name = metadata.name();
    if (name != null && !name.isEmpty()) {
      Names.dns1035(findings, path + ".name", name);
      if (!name.startsWith(parent + "-")) {
        findings.add(
            path + ".name", "must start with " + Findings.quote(parent + "-") + Findings.got(name));
      }
    }
    Map<String, String> annotations =
        metadata.annotations() == null ? Map.of() : metadata.annotations();
    labels(metadata.labels() == null ? Map.of() : metadata.labels(), path + ".labels", findings);
    annotations(annotations, path + ".annotations", findings);
    RouteAnnotations.checkTemplate(annotations, path + ".annotations", findings);
    AutoscalingAnnotations.check(annotations, path + ".annotations", findings);
  }

  private static void labels(Map<String, String> labels, String path, Findings findings) {
    labels.forEach((key, value) -> {
      String place = path + "[" + key + "]";
      Names.labelKey(findings, place, key);
      Names.labelValue(findings, place, value);
      if (key.equals(VISIBILITY) && !value.equals("cluster-local")) {
        findings.add(place, "must be cluster-local" + Findings.got(value));
      }
    });
  }

  private static void annotations(Map<String, String> annotations, String path, Findings findings) {
    annotations.forEach((key, value) -> {
      String place = path + "[" + key + "]";
      Names.labelKey(findings, place, key);
      if (key.equals(ROLLOUT)) {
        findings.wholeSeconds(place, value, Duration.ZERO, YEAR);
      } else if (key.equals(PROGRESS)) {
        findings.wholeSeconds(place, value, Duration.ofSeconds(1), YEAR);
      }
    });
  }

  private static void noAutoscaling(Map<String, String> annotations, Findings findings) {
    for (String key : annotations.keySet()) {
      if (key.startsWith(AutoscalingAnnotations.PREFIX)) {
        findings.add(
            "metadata.annotations[" + key + "]",
            "is only allowed in spec.template.metadata.annotations");
      }
    }
  }
}
