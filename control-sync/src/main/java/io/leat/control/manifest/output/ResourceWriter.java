package io.leat.control.manifest.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import io.leat.control.manifest.KindShape;
import io.leat.control.resource.Condition;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.RawJson;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes very many resources as {@link ResourceJson#tree} does, character by character, without
 * making trees of them.
 *
 * <p>For one thread. What was written reaches the target with {@link #flush}.
 */
public final class ResourceWriter {
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder().rootValueSeparator((String) null).build();

  private final JsonGenerator out;
  private @Nullable Instant lastInstant;
  private String lastTime = "";

  /** A writer to a target that its owner closes. */
  public ResourceWriter(Writer target) throws IOException {
    this.out = FACTORY.createGenerator(target);
  }

  /** Writes a text as it is, between resources. */
  public ResourceWriter raw(String text) throws IOException {
    out.writeRaw(text);
    return this;
  }

  /** Hands over what was written, and flushes the target. */
  public void flush() throws IOException {
    out.flush();
  }

  /** Writes one resource as one line without its end. */
  public ResourceWriter write(Resource resource) throws IOException {
    if (resource.spec() instanceof Spec.Document) {
      // Its fields may be any, in the order of their own.
      out.writeRawValue(ResourceJson.tree(resource).toString());
      return this;
    }
    out.writeStartObject();
    out.writeStringField("apiVersion", resource.kind().apiVersion());
    out.writeStringField("kind", resource.kind().kind());
    out.writeFieldName("metadata");
    metadata(resource.metadata());
    Record spec = (Record) resource.spec();
    if (KindShape.of(resource.kind()).flat()) {
      fields(spec);
    } else {
      out.writeFieldName("spec");
      record(spec);
    }
    if (!resource.status().equals(Status.EMPTY)) {
      out.writeFieldName("status");
      status(resource.status());
    }
    out.writeEndObject();
    return this;
  }

  private void metadata(Metadata metadata) throws IOException {
    out.writeStartObject();
    out.writeStringField("name", metadata.name());
    if (!metadata.namespace().isEmpty()) {
      out.writeStringField("namespace", metadata.namespace());
    }
    if (!metadata.uid().isEmpty()) {
      out.writeStringField("uid", metadata.uid());
    }
    if (metadata.resourceVersion() != 0) {
      out.writeStringField("resourceVersion", Long.toString(metadata.resourceVersion()));
    }
    if (metadata.generation() != 0) {
      out.writeNumberField("generation", metadata.generation());
    }
    time("creationTimestamp", metadata.creationTimestamp());
    time("deletionTimestamp", metadata.deletionTimestamp());
    unlessEmpty("labels", metadata.labels());
    unlessEmpty("annotations", metadata.annotations());
    if (!metadata.ownerReferences().isEmpty()) {
      out.writeFieldName("ownerReferences");
      array(metadata.ownerReferences());
    }
    if (!metadata.finalizers().isEmpty()) {
      out.writeFieldName("finalizers");
      array(metadata.finalizers());
    }
    if (!metadata.managedFields().isEmpty()) {
      out.writeFieldName("managedFields");
      out.writeRawValue(metadata.managedFields());
    }
    out.writeEndObject();
  }

  private void unlessEmpty(String name, Map<String, String> map) throws IOException {
    if (!map.isEmpty()) {
      out.writeFieldName(name);
      object(map);
    }
  }

  private void status(Status status) throws IOException {
    if (status.eventing() != null) {
      // Its fields stand among those of the status.
      out.writeRawValue(ResourceJson.status(status).toString());
      return;
    }
    out.writeStartObject();
    for (ResourceJson.Component component : ResourceJson.components(Status.class)) {
      Object value = component.of(status);
      if (value != null && !isUnset(component.name(), status)) {
        out.writeFieldName(component.name());
        value(value);
      }
    }
    out.writeEndObject();
  }

  private static boolean isUnset(String field, Status status) {
    return (field.equals("observedGeneration") && status.observedGeneration() == 0)
        || (field.equals("conditions") && status.conditions().isEmpty());
  }

  private void condition(Condition condition) throws IOException {
    out.writeStartObject();
    out.writeStringField("type", condition.type());
    out.writeStringField("status", condition.state().text());
    if (!condition.reason().isEmpty()) {
      out.writeStringField("reason", condition.reason());
    }
    if (!condition.message().isEmpty()) {
      out.writeStringField("message", condition.message());
    }
    time("lastTransitionTime", condition.lastTransitionTime());
    out.writeEndObject();
  }

  /** Neighbours often have the same time, and to write one anew costs more than all else. */
  private void time(String name, @Nullable Instant instant) throws IOException {
    if (instant != null) {
      if (!instant.equals(lastInstant)) {
        lastInstant = instant;
        lastTime = instant.toString();
      }
      out.writeStringField(name, lastTime);
    }
  }

  private void record(Record record) throws IOException {
    out.writeStartObject();
    fields(record);
    out.writeEndObject();
  }

  private void fields(Record record) throws IOException {
    for (ResourceJson.Component component : ResourceJson.components(record.getClass())) {
      Object value = component.of(record);
      if (value != null) {
        out.writeFieldName(component.name());
        value(value);
      }
    }
  }

  private void value(Object value) throws IOException {
    switch (value) {
      case String text -> out.writeString(text);
      case Integer number -> out.writeNumber(number);
      case Long number -> out.writeNumber(number);
      case Boolean flag -> out.writeBoolean(flag);
      case Collection<?> items -> array(items);
      case Map<?, ?> map -> object(map);
      case Condition condition -> condition(condition);
      case RawJson json -> out.writeRawValue(json.text());
      case Record record -> record(record);
      default -> throw new IllegalStateException("no JSON for " + value.getClass());
    }
  }

  private void array(Collection<?> items) throws IOException {
    out.writeStartArray();
    for (Object item : items) {
      if (item != null) {
        value(item);
      }
    }
    out.writeEndArray();
  }

  private void object(Map<?, ?> map) throws IOException {
    Map<String, Object> sorted = new TreeMap<>();
    map.forEach((key, item) -> sorted.put(String.valueOf(key), item));
    out.writeStartObject();
    for (Map.Entry<String, Object> entry : sorted.entrySet()) {
      out.writeFieldName(entry.getKey());
      value(entry.getValue());
    }
    out.writeEndObject();
  }
}
