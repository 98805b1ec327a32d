package io.leat.proxy.fanout.event;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One event: its context attributes and its data, whatever content mode it came in (CloudEvents
 * 1.0, section 2).
 *
 * <p>A value. The data is not copied: nobody changes it after the event was made.
 */
public final class CloudEvent {
  private static final String[] REQUIRED = {"specversion", "id", "source", "type"};

  private final SequencedMap<String, String> attributes;
  private final Set<String> literals;
  private final byte @Nullable [] data;

  /**
   * An event whose attributes are all strings.
   *
   * @param attributes by lower-case name, in their order, with {@code specversion}, {@code id},
   *     {@code source} and {@code type}, and {@code datacontenttype} if there is one; values in the
   *     string form of their type
   * @param data null for an event without data, which is not the same as empty data
   */
  public CloudEvent(Map<String, String> attributes, byte @Nullable [] data) {
    this(attributes, Set.of(), data);
  }

  /**
   * An event.
   *
   * @param literals names of the attributes that are no strings in JSON, but integers or booleans;
   *     their values are what JSON would say: {@code 7}, {@code true}
   */
  public CloudEvent(Map<String, String> attributes, Set<String> literals, byte @Nullable [] data) {
    this(data, new LinkedHashMap<>(attributes), literals);
  }

  /** As above, with a map that is this event's own from now on. */
  CloudEvent(
      byte @Nullable [] data, SequencedMap<String, String> attributes, Set<String> literals) {
    this.attributes = attributes;
    this.literals = Set.copyOf(literals);
    this.data = data;
    for (String required : REQUIRED) {
      if (!attributes.containsKey(required)) {
        throw new IllegalArgumentException(required + ": missing (expected: every required one)");
      }
    }
    for (String literal : this.literals) {
      if (!AttributeRules.isLiteral(attributes.get(literal))) {
        throw new IllegalArgumentException(literal + ": (expected: an integer, true or false)");
      }
    }
    String mediaType = attributes.get("datacontenttype");
    if (mediaType != null && !AttributeRules.isHeaderText(mediaType)) {
      throw new IllegalArgumentException("datacontenttype: (expected: printable ASCII)");
    }
  }

  /** The attributes, in their order. The map is not to be changed. */
  public SequencedMap<String, String> attributes() {
    return attributes;
  }

  /** Names of the attributes that are integers or booleans in JSON. */
  public Set<String> literals() {
    return literals;
  }

  /** The value of an attribute. */
  public @Nullable String attribute(String name) {
    return attributes.get(name);
  }

  /** The data; null when there is none. */
  public byte @Nullable [] data() {
    return data;
  }

  /** The required attribute {@code id}. */
  public String id() {
    return Objects.requireNonNull(attributes.get("id"));
  }

  /** The required attribute {@code source}. */
  public String source() {
    return Objects.requireNonNull(attributes.get("source"));
  }

  /** The required attribute {@code specversion}: {@code 1.0} or {@code 0.3}. */
  public String specversion() {
    return Objects.requireNonNull(attributes.get("specversion"));
  }

  /** The same event with an attribute more, or with another value of it. */
  public CloudEvent with(String name, String value) {
    Set<String> kept = literals;
    if (literals.contains(name)) {
      kept = new HashSet<>(literals);
      kept.remove(name);
    }
    Map<String, String> changed = new LinkedHashMap<>(attributes);
    changed.put(name, value);
    return new CloudEvent(changed, kept, data);
  }

  /** The same event with an Integer attribute more, or with another value of it. */
  public CloudEvent with(String name, int value) {
    Set<String> more = new HashSet<>(literals);
    more.add(name);
    Map<String, String> changed = new LinkedHashMap<>(attributes);
    changed.put(name, Integer.toString(value));
    return new CloudEvent(changed, more, data);
  }

  /** The same event without an attribute that is not required. */
  public CloudEvent without(String name) {
    Set<String> kept = new HashSet<>(literals);
    kept.remove(name);
    Map<String, String> changed = new LinkedHashMap<>(attributes);
    changed.remove(name);
    return new CloudEvent(changed, kept, data);
  }

  /** The same event with other data, or with none. */
  public CloudEvent withData(byte @Nullable [] other) {
    return new CloudEvent(attributes, literals, other);
  }

  /** Equal attributes in whatever order, of equal types, and equal data. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CloudEvent that
        && attributes.equals(that.attributes)
        && literals.equals(that.literals)
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return Objects.hash(attributes, literals, Arrays.hashCode(data));
  }

  @Override
  public String toString() {
    String size = data == null ? "no data" : data.length + " bytes";
    return "CloudEvent" + attributes + (literals.isEmpty() ? "" : literals) + " with " + size;
  }
}
