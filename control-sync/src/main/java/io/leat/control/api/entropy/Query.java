package io.leat.control.api.entropy;

import io.leat.control.module.ModuleFailure;
import io.leat.proxy.admin.AdminRequest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a request says in its query and header fields. */
final class Query {
  private static final int MAX_USER = 128;

  private final AdminRequest request;

  Query(AdminRequest request) {
    this.request = request;
  }

  String text(String name) {
    String value = request.parameter(name);
    return value == null ? "" : value;
  }

  boolean flag(String name) {
    String value = text(name);
    return value.equals("true") || value.equals("1");
  }

  /** A number that is not negative; {@code other} when the parameter is left out. */
  int number(String name, int other) throws ModuleFailure {
    String value = text(name);
    if (value.isEmpty()) {
      return other;
    }
    if (!value.matches("[0-9]{1,9}")) {
      throw ModuleFailure.badRequest(name + " must be a number (got '" + value + "')");
    }
    return Integer.parseInt(value);
  }

  /** Labels as {@code labels[key]=value}, or as {@code labels=key=value,key=value}. */
  Map<String, String> labels() throws ModuleFailure {
    Map<String, String> labels = new TreeMap<>();
    for (Map.Entry<String, List<String>> entry : request.query().entrySet()) {
      String name = entry.getKey();
      if (name.startsWith("labels[") && name.endsWith("]")) {
        labels.put(
            name.substring("labels[".length(), name.length() - 1), entry.getValue().getLast());
      }
    }
    for (String list : request.parameters("labels")) {
      for (String pair : list.split(",", -1)) {
        int sign = pair.indexOf('=');
        if (sign <= 0) {
          throw ModuleFailure.badRequest("labels must be key=value (got '" + pair + "')");
        }
        labels.put(pair.substring(0, sign), pair.substring(sign + 1));
      }
    }
    return labels;
  }

  /** Who asks: the header {@code user-id}, else the program that asks. */
  String user() {
    String user = request.header("user-id");
    if (user == null || user.isBlank()) {
      String agent = request.header("user-agent");
      user = agent == null || agent.isBlank() ? "unknown" : agent.split("[/ ]", 2)[0];
    }
    return user.substring(0, Math.min(user.length(), MAX_USER));
  }

  /** The version of {@code If-Match}; 0 for any. */
  long version() throws ModuleFailure {
    String header = request.header("if-match");
    if (header == null || header.isBlank() || header.strip().equals("*")) {
      return 0;
    }
    String digits = header.strip().replaceAll("^(W/)?\"?|\"$", "");
    if (!digits.matches("[0-9]{1,18}")) {
      throw ModuleFailure.badRequest("If-Match must be a version (got '" + header + "')");
    }
    return Long.parseLong(digits);
  }
}
