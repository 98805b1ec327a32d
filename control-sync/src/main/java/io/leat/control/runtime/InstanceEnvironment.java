package io.leat.control.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The environment of one instance and the expansion of {@code $(NAME)} with it, by the rules of
 * Kubernetes: {@code $$} is a dollar sign, a name that is not set stays as it is written.
 */
final class InstanceEnvironment {

  private static final Set<String> INHERITED =
      Set.of("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "USER", "LOGNAME");

  private final Map<String, String> declared;
  private final Map<String, String> all;

  private InstanceEnvironment(Map<String, String> declared, Map<String, String> all) {
    this.declared = declared;
    this.all = all;
  }

  /** The runtime contract first, so that values may refer to it; it also has the last word. */
  static InstanceEnvironment of(
      InstanceTemplate template, String revision, int port, Map<String, String> parent) {
    Map<String, String> contract = new LinkedHashMap<>();
    contract.put("PORT", Integer.toString(port));
    contract.put("K_SERVICE", template.service());
    contract.put("K_CONFIGURATION", template.configuration());
    contract.put("K_REVISION", revision);
    Map<String, String> declared = new LinkedHashMap<>(contract);
    // A program may be started by the JDK that runs Leat, which every machine of Leat has.
    declared.put("JAVA_HOME", System.getProperty("java.home"));
    template.env().forEach((name, value) -> declared.put(name, expand(value, declared)));
    declared.putAll(contract);
    Map<String, String> all = new LinkedHashMap<>();
    for (String name : INHERITED) {
      String value = parent.get(name);
      if (value != null) {
        all.put(name, value);
      }
    }
    all.putAll(declared);
    return new InstanceEnvironment(declared, all);
  }

  /** Every variable the process gets. */
  Map<String, String> variables() {
    return all;
  }

  /** The words with references to declared variables replaced. */
  List<String> expand(List<String> words) {
    List<String> expanded = new ArrayList<>(words.size());
    for (String word : words) {
      expanded.add(expand(word, declared));
    }
    return expanded;
  }

  static String expand(String text, Map<String, String> variables) {
    StringBuilder out = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      char next = at + 1 < text.length() ? text.charAt(at + 1) : 0;
      int close = c == '$' && next == '(' ? text.indexOf(')', at) : -1;
      if (c == '$' && next == '$') {
        out.append('$');
        at += 2;
      } else if (close > 0) {
        String value = variables.get(text.substring(at + 2, close));
        out.append(value == null ? text.substring(at, close + 1) : value);
        at = close + 1;
      } else {
        out.append(c);
        at++;
      }
    }
    return out.toString();
  }
}
