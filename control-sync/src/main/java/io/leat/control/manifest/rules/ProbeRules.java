package io.leat.control.manifest.rules;

import io.leat.control.resource.Spec.ContainerProbe;
import io.leat.control.resource.Spec.HttpGet;
import io.leat.control.resource.Spec.HttpHeader;
import java.util.List;
import java.util.regex.Pattern;

/** The rules for a readiness probe. */
final class ProbeRules {
  /** A field name of RFC 9110 section 5.1. */
  private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+\\-.^_`|~0-9A-Za-z]+");

  /** A field value of RFC 9110 section 5.5: no control characters but tab. */
  private static final Pattern HEADER_VALUE = Pattern.compile("[^\\x00-\\x08\\x0a-\\x1f\\x7f]*");

  private ProbeRules() {}

  static void check(ContainerProbe probe, String path, Findings findings) {
    int checks =
        (probe.httpGet() == null ? 0 : 1)
            + (probe.tcpSocket() == null ? 0 : 1)
            + (probe.exec() == null ? 0 : 1);
    if (checks != 1) {
      findings.add(
          path, "must have exactly one of httpGet, tcpSocket and exec (got " + checks + ")");
    }
    if (probe.httpGet() != null) {
      http(probe.httpGet(), path + ".httpGet", findings);
    }
    if (probe.tcpSocket() != null) {
      findings.range(path + ".tcpSocket.port", probe.tcpSocket().port(), 0, RevisionRules.MAX_PORT);
    }
    if (probe.exec() != null) {
      List<String> command = probe.exec().command();
      if (command.isEmpty() || command.getFirst().isEmpty()) {
        findings.add(
            path + ".exec.command", "must not be empty: its first word is the program to run");
      }
    }
    findings.range(path + ".initialDelaySeconds", probe.initialDelaySeconds(), 0, 3600);
    findings.range(path + ".periodSeconds", probe.periodSeconds(), 0, 3600);
    findings.range(path + ".timeoutSeconds", probe.timeoutSeconds(), 0, 3600);
    findings.range(path + ".successThreshold", probe.successThreshold(), 0, 1000);
    findings.range(path + ".failureThreshold", probe.failureThreshold(), 0, 1000);
  }

  private static void http(HttpGet get, String path, Findings findings) {
    String target = get.path();
    if (target != null && !target.isEmpty() && target.charAt(0) != '/') {
      findings.add(path + ".path", "must start with \"/\"" + Findings.got(target));
    } else if (target != null && target.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      findings.add(path + ".path", "must be printable ASCII without spaces" + Findings.got(target));
    }
    findings.range(path + ".port", get.port(), 0, RevisionRules.MAX_PORT);
    findings.oneOf(path + ".scheme", get.scheme(), List.of("HTTP", "HTTPS"));
    List<HttpHeader> headers = get.httpHeaders() == null ? List.of() : get.httpHeaders();
    for (int i = 0; i < headers.size(); i++) {
      String place = path + ".httpHeaders[" + i + "]";
      HttpHeader header = headers.get(i);
      if (!HEADER_NAME.matcher(header.name()).matches()) {
        findings.add(place + ".name", "must be an HTTP field name" + Findings.got(header.name()));
      }
      if (!HEADER_VALUE.matcher(header.value()).matches()) {
        findings.add(place + ".value", "must not hold control characters");
      }
    }
  }
}
