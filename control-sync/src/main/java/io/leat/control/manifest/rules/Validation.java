package io.leat.control.manifest.rules;

import io.leat.control.resource.EventingSpec;
import io.leat.control.resource.MessagingSpec;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec.ConfigurationSpec;
import io.leat.control.resource.Spec.Document;
import io.leat.control.resource.Spec.DomainMappingSpec;
import io.leat.control.resource.Spec.EndpointSliceSpec;
import io.leat.control.resource.Spec.RevisionSpec;
import io.leat.control.resource.Spec.RevisionTemplate;
import io.leat.control.resource.Spec.RouteSpec;
import io.leat.control.resource.Spec.ServiceSpec;
import io.leat.control.resource.Spec.TemplateMetadata;
import java.util.List;

/**
 * The rules that can be judged from one resource; immutable, used by any thread.
 *
 * <p>Sources: the Knative Serving v1 and Kubernetes API conventions. References to other resources
 * are judged by reconcilers, because the other resource may come later.
 */
public final class Validation {
  private static final Validation STANDALONE = new Validation(true);
  private static final Validation CLUSTER = new Validation(false);

  private final boolean standalone;

  private Validation(boolean standalone) {
    this.standalone = standalone;
  }

  /** The rules where Leat runs the instances itself: a container needs a command. */
  public static Validation standalone() {
    return STANDALONE;
  }

  /** The rules where Kubernetes runs the instances: a container needs an image. */
  public static Validation cluster() {
    return CLUSTER;
  }

  /** Every broken rule of a resource as a user writes it; empty when it is right. */
  public List<Finding> findings(Resource resource) {
    var findings = new Findings();
    MetadataRules.check(resource.kind(), resource.metadata(), findings);
    var revisions = new RevisionRules(findings, standalone);
    switch (resource.spec()) {
      case ServiceSpec spec -> {
        template(resource, spec.template(), findings);
        TrafficRules.service(spec.traffic(), findings);
      }
      case ConfigurationSpec spec -> template(resource, spec.template(), findings);
      case RouteSpec spec -> TrafficRules.route(spec.traffic(), findings);
      case RevisionSpec spec -> revisions.revision(spec);
      case DomainMappingSpec spec -> DomainRules.check(resource.metadata(), spec, findings);
      case EndpointSliceSpec spec -> SliceRules.check(resource.metadata(), spec, findings);
      case EventingSpec spec -> new EventingRules(resource.metadata(), findings).check(spec);
      case MessagingSpec spec -> new MessagingRules(resource.metadata(), findings).check(spec);
      case Document ignored -> {
        // Kept as it is; the reader judges its shape.
        if (resource.kind().isPlanned()) {
          findings.add("kind", "is not for manifests: POST to /api/v1beta1 makes it");
        }
      }
    }
    return findings.list();
  }

  /**
   * Every rule that a change of a stored resource breaks, beside those of {@link #findings}: a
   * Revision's spec is immutable, a named template changes with its name only, a slice keeps its
   * address type, and eventing keeps provisioners and where Subscriptions come from.
   */
  public List<Finding> changeFindings(Resource before, Resource after) {
    var findings = new Findings();
    if (before.spec() instanceof RevisionSpec && !before.spec().equals(after.spec())) {
      findings.add("spec", "is immutable: a change needs a new revision");
    } else if (before.spec() instanceof EndpointSliceSpec old
        && after.spec() instanceof EndpointSliceSpec now
        && !old.addressType().equals(now.addressType())) {
      findings.add("addressType", "is immutable" + Findings.got(now.addressType()));
    } else if (before.spec() instanceof ConfigurationSpec old
        && after.spec() instanceof ConfigurationSpec now) {
      templateChange(old.template(), now.template(), findings);
    } else if (before.spec() instanceof EventingSpec old
        && after.spec() instanceof EventingSpec now) {
      EventingRules.change(old, now, after.metadata().namespace(), findings);
    } else if (before.spec() instanceof MessagingSpec old
        && after.spec() instanceof MessagingSpec now) {
      MessagingRules.change(old, now, after.metadata().namespace(), findings);
    } else if (after.kind().isPlanned() && !before.spec().equals(after.spec())) {
      findings.add("spec", "is not for this API: /api/v1beta1 changes it");
    } else if (before.spec() instanceof ServiceSpec old
        && after.spec() instanceof ServiceSpec now) {
      templateChange(old.template(), now.template(), findings);
    }
    return findings.list();
  }

  private void template(Resource resource, RevisionTemplate template, Findings findings) {
    TemplateMetadata metadata = template.metadata();
    if (metadata != null) {
      MetadataRules.template(resource.metadata().name(), metadata, findings);
    }
    new RevisionRules(findings, standalone).template(template.spec(), "spec.template.spec");
  }

  private static void templateChange(
      RevisionTemplate before, RevisionTemplate after, Findings findings) {
    String name = name(after);
    if (!name.isEmpty() && name.equals(name(before)) && !before.equals(after)) {
      findings.add(
          "spec.template",
          "must not change while spec.template.metadata.name stays " + Findings.quote(name));
    }
  }

  private static String name(RevisionTemplate template) {
    TemplateMetadata metadata = template.metadata();
    String name = metadata == null ? null : metadata.name();
    return name == null ? "" : name;
  }
}
