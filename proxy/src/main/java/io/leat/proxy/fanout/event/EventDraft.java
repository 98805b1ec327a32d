package io.leat.proxy.fanout.event;

import io.leat.proxy.fanout.event.EventReading.Kind;
import io.leat.proxy.fanout.event.EventReading.Unreadable;
import io.leat.proxy.fanout.json.Utf8;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of one event while they are read; the first problem is kept, and nothing after it
 * counts.
 */
final class EventDraft {
  private static final String[] REQUIRED = {"specversion", "id", "source", "type"};
  private static final int EXCERPT = 40;

  private final String prefix;
  private final EventLimits limits;
  private final SequencedMap<String, String> attributes = new LinkedHashMap<>();
  private Set<String> literals = Set.of();
  private Set<String> unset = Set.of();
  private int bytes;
  private @Nullable Unreadable unreadable;

  /**
   * A draft without attributes.
   *
   * @param prefix what a problem puts before an attribute's name: {@code ce-}, {@code $[1].}
   */
  EventDraft(String prefix, EventLimits limits) {
    this.prefix = prefix;
    this.limits = limits;
  }

  @Nullable Unreadable unreadable() {
    return unreadable;
  }

  @Nullable String attribute(String name) {
    return attributes.get(name);
  }

  void remove(String name) {
    attributes.remove(name);
  }

  /** Takes an attribute; false when there is a problem. */
  boolean put(String name, String value, boolean literal) {
    if (!AttributeRules.isName(name)) {
      return refuse(prefix + excerpt(name), "", "lower-case letters and digits as a name");
    }
    if (unset.contains(name) || attributes.put(name, value) != null) {
      return refuse(place(name), "twice", "once");
    }
    bytes += name.length() + Utf8.length(value);
    if (attributes.size() > limits.attributes() || bytes > limits.attributeBytes()) {
      return tooLarge();
    }
    if (literal) {
      literals = literals.isEmpty() ? new HashSet<>() : literals;
      literals.add(name);
    }
    return unreadable == null;
  }

  /** Takes an attribute that is said not to be there; false when there is a problem. */
  boolean putUnset(String name) {
    unset = unset.isEmpty() ? new HashSet<>() : unset;
    if (attributes.containsKey(name) || !unset.add(name)) {
      return refuse(place(excerpt(name)), "twice", "once");
    }
    return unset.size() <= limits.attributes() || tooLarge();
  }

  /** Takes an attribute that is not there although it is meant. */
  void imply(String name, String value) {
    if (!unset.isEmpty()) {
      unset.remove(name);
    }
    put(name, value, false);
  }

  private boolean tooLarge() {
    String limit = limits.attributes() + " attributes in " + limits.attributeBytes() + " bytes";
    if (unreadable == null) {
      String place = prefix.equals("ce-") ? "ce-*" : prefix + "*";
      unreadable = new Unreadable(Kind.TOO_LARGE, place + ": too much (expected: " + limit + ")");
    }
    return false;
  }

  /** Checks that everything is there and as it has to be; false when there is a problem. */
  boolean complete() {
    if (unreadable != null) {
      return false;
    }
    for (String required : REQUIRED) {
      if (!attributes.containsKey(required)) {
        return refuse(place(required), "missing", "every required attribute");
      }
    }
    String version = attributes.get("specversion");
    boolean v1 = "1.0".equals(version);
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      String name = attribute.getKey();
      String rule = AttributeRules.broken(name, attribute.getValue(), v1);
      if (rule == null && literals.contains(name) && AttributeRules.isDefined(name, v1)) {
        rule = "a string";
      }
      if (rule != null) {
        return refuse(place(name), quoted(attribute.getValue()), rule);
      }
    }
    return true;
  }

  /** The event; the draft is of no use after it. */
  CloudEvent event(byte @Nullable [] data) {
    return new CloudEvent(data, attributes, literals);
  }

  /** Keeps a problem; always false. */
  boolean refuse(String place, String found, String expected) {
    if (unreadable == null) {
      unreadable = malformed(place, found, expected);
    }
    return false;
  }

  /** Where an attribute is, as its sender would say. */
  String place(String name) {
    return prefix.equals("ce-") && name.equals("datacontenttype") ? "content-type" : prefix + name;
  }

  static Unreadable malformed(String place, String found, String expected) {
    String gap = found.isEmpty() ? "" : found + " ";
    return new Unreadable(Kind.MALFORMED, place + ": " + gap + "(expected: " + expected + ")");
  }

  static String quoted(String text) {
    return "'" + excerpt(text) + "'";
  }

  /** The beginning of what a client sent, in printable ASCII. */
  static String excerpt(String text) {
    int length = Math.min(text.length(), EXCERPT);
    StringBuilder safe = new StringBuilder(length + 3);
    for (int i = 0; i < length; i++) {
      char next = text.charAt(i);
      safe.append(next >= ' ' && next <= '~' ? next : '?');
    }
    return safe.append(text.length() > EXCERPT ? "..." : "").toString();
  }
}
