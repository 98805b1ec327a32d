package io.leat.proxy.fanout.event;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * One event: its context attributes and its data, whatever content mode it came in (CloudEvents
 * 1.0, section 2).
 *
 * <p>A value. The data is not copied: nobody changes it after the event was made.
 */
public final class CloudEvent {
  private final SequencedMap<String, String> attributes;
  private final byte @Nullable [] data;

  /**
   * An event.
   *
   * @param attributes by lower-case name, in their order, with {@code specversion}, {@code id},
   *     {@code source} and {@code type}, and {@code datacontenttype} if there is one; values in the
   *     string form of their type
   * @param data null for an event without data, which is not the same as empty data
   */
  public CloudEvent(Map<String, String> attributes, byte @Nullable [] data) {
    this.attributes = new LinkedHashMap<>(attributes);
    this.data = data;
    for (String required : new String[] {"specversion", "id", "source", "type"}) {
      if (!attributes.containsKey(required)) {
        throw new IllegalArgumentException(required + ": missing (expected: every required one)");
      }
    }
  }

  /** The attributes, in their order. The map is not to be changed. */
  public SequencedMap<String, String> attributes() {
    return attributes;
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

  /** The same event with an attribute more, or with another value of it. */
  public CloudEvent with(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(attributes);
    changed.put(name, value);
    return new CloudEvent(changed, data);
  }

  /** The same event without an attribute that is not required. */
  public CloudEvent without(String name) {
    Map<String, String> changed = new LinkedHashMap<>(attributes);
    changed.remove(name);
    return new CloudEvent(changed, data);
  }
}
