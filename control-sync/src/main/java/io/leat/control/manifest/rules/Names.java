package io.leat.control.manifest.rules;

import java.net.InetAddress;
import java.util.regex.Pattern;

/** The syntax of names in Kubernetes: RFC 1035 and RFC 1123 labels, label keys and values. */
final class Names {
  static final String DNS_1035 =
      "must be a DNS-1035 label: lower-case letters, digits and \"-\", a letter first, no \"-\""
          + " last, at most 63 characters";
  static final String DNS_1123 =
      "must be a DNS-1123 label: lower-case letters, digits and \"-\", no \"-\" first or last, at"
          + " most 63 characters";
  static final String SUBDOMAIN =
      "must be a DNS-1123 subdomain: labels of lower-case letters, digits and \"-\" joined by"
          + " \".\", at most 253 characters";
  private static final String LABEL_VALUE =
      "must be a label value: letters, digits, \"-\", \"_\" and \".\", a letter or digit first and"
          + " last, at most 63 characters";
  private static final String QUALIFIED =
      "must be a qualified name such as example.org/name: letters, digits, \"-\", \"_\" and \".\","
          + " at most 63 characters after the \"/\"";

  private static final Pattern LABEL_1035 = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern LABEL_1123 = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern WORD =
      Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");

  private Names() {}

  static boolean isDns1035(String name) {
    return LABEL_1035.matcher(name).matches();
  }

  static boolean isDns1123(String name) {
    return LABEL_1123.matcher(name).matches();
  }

  static boolean isSubdomain(String name) {
    if (name.length() > 253) {
      return false;
    }
    int start = 0;
    while (true) {
      int dot = name.indexOf('.', start);
      if (!isDns1123(name.substring(start, dot < 0 ? name.length() : dot))) {
        return false;
      }
      if (dot < 0) {
        return true;
      }
      start = dot + 1;
    }
  }

  static void dns1035(Findings findings, String path, String name) {
    if (!isDns1035(name)) {
      findings.add(path, DNS_1035 + Findings.got(name));
    }
  }

  static void labelKey(Findings findings, String path, String key) {
    int slash = key.indexOf('/');
    boolean prefix = slash < 0 || isSubdomain(key.substring(0, slash));
    if (!prefix || !WORD.matcher(key.substring(slash + 1)).matches()) {
      findings.add(path, QUALIFIED + Findings.got(key));
    }
  }

  static void labelValue(Findings findings, String path, String value) {
    if (!value.isEmpty() && !WORD.matcher(value).matches()) {
      findings.add(path, LABEL_VALUE + Findings.got(value));
    }
  }

  static boolean isIpv4(String text) {
    return IPV4.matcher(text).matches();
  }

  static boolean isIpv6(String text) {
    if (text.indexOf(':') < 0) {
      return false;
    }
    try {
      // An IPv4-mapped literal comes back as an IPv4 address, but it is written as IPv6.
      return !InetAddress.ofLiteral(text).getHostAddress().isEmpty() && text.indexOf('%') < 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
