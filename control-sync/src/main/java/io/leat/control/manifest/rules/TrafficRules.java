package io.leat.control.manifest.rules;

import io.leat.control.resource.Spec.TrafficTarget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rules for the shares of a Route, on its own or inlined in a Service. */
final class TrafficRules {
  private static final String PATH = "spec.traffic";

  private TrafficRules() {}

  static void route(@Nullable List<TrafficTarget> traffic, Findings findings) {
    if (traffic == null) {
      findings.required(PATH);
      return;
    }
    for (int i = 0; i < traffic.size(); i++) {
      TrafficTarget target = traffic.get(i);
      boolean revision = target.revisionName() != null;
      boolean configuration = target.configurationName() != null;
      if (revision == configuration) {
        findings.add(
            at(i),
            "must name exactly one of revisionName and configurationName (got "
                + (revision ? "both" : "neither")
                + ")");
      }
    }
    shared(traffic, findings);
  }

  static void service(@Nullable List<TrafficTarget> traffic, Findings findings) {
    if (traffic == null) {
      return;
    }
    for (int i = 0; i < traffic.size(); i++) {
      if (traffic.get(i).configurationName() != null) {
        findings.add(
            at(i) + ".configurationName",
            "is not allowed in a Service; leave it out to follow the latest revision, or set"
                + " revisionName");
      }
    }
    shared(traffic, findings);
  }

  private static void shared(List<TrafficTarget> traffic, Findings findings) {
    Map<String, Integer> tags = new HashMap<>();
    long sum = 0;
    boolean summable = true;
    for (int i = 0; i < traffic.size(); i++) {
      TrafficTarget target = traffic.get(i);
      String path = at(i);
      names(target, path, findings);
      latest(target, path, findings);
      tag(target.tag(), i, tags, findings);
      if (target.url() != null) {
        findings.add(path + ".url", "must not be set; Leat reports it in the status");
      }
      findings.range(path + ".percent", target.percent(), 0, 100);
      long percent = Defaults.percent(target);
      summable &= percent >= 0 && percent <= 100;
      sum += summable ? percent : 0;
    }
    if (summable && sum != 100) {
      findings.add(PATH, "percents must add up to 100 (got " + sum + ")");
    }
  }

  private static void names(TrafficTarget target, String path, Findings findings) {
    if (target.revisionName() != null) {
      Names.dns1035(findings, path + ".revisionName", target.revisionName());
    }
    if (target.configurationName() != null) {
      Names.dns1035(findings, path + ".configurationName", target.configurationName());
    }
  }

  private static void latest(TrafficTarget target, String path, Findings findings) {
    Boolean latest = target.latestRevision();
    if (latest == null) {
      return;
    }
    if (latest && target.revisionName() != null) {
      findings.add(
          path + ".latestRevision", "must not be true together with revisionName (got true)");
    } else if (!latest && target.revisionName() == null) {
      findings.add(path + ".latestRevision", "must be true without revisionName (got false)");
    }
  }

  private static void tag(
      @Nullable String tag, int index, Map<String, Integer> tags, Findings findings) {
    if (tag == null || tag.isEmpty()) {
      return;
    }
    String path = at(index) + ".tag";
    Names.dns1035(findings, path, tag);
    Integer first = tags.putIfAbsent(tag, index);
    if (first != null) {
      findings.add(
          path, "must be unique: " + Findings.quote(tag) + " is the tag of " + at(first) + " too");
    }
  }

  private static String at(int index) {
    return PATH + "[" + index + "]";
  }
}
