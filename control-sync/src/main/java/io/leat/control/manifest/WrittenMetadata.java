package io.leat.control.manifest;

import io.leat.control.resource.Metadata;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Metadata as a document has it: what a user writes, and what a server adds when it answers. */
record WrittenMetadata(
    String name,
    @Nullable String namespace,
    @Nullable Map<String, String> labels,
    @Nullable Map<String, String> annotations,
    @Nullable String generateName,
    @Nullable List<Owner> ownerReferences,
    @Nullable String uid,
    @Nullable String resourceVersion,
    @Nullable Long generation,
    @Nullable String creationTimestamp,
    @Nullable List<String> finalizers,
    @Nullable String deletionTimestamp,
    @Nullable Node managedFields) {

  /** An owner as a document has it. */
  record Owner(
      @Nullable String apiVersion,
      @Nullable String kind,
      @Nullable String name,
      @Nullable String uid,
      @Nullable Boolean controller) {

    Metadata.OwnerReference reference() {
      return new Metadata.OwnerReference(
          orEmpty(apiVersion),
          orEmpty(kind),
          orEmpty(name),
          orEmpty(uid),
          controller != null && controller);
    }
  }

  /** What a user writes; the rest is the server's. */
  Metadata ofUser(String defaultNamespace) {
    String space = namespace == null || namespace.isEmpty() ? defaultNamespace : namespace;
    return Metadata.of(space, name)
        .withLabels(orEmpty(labels))
        .withAnnotations(orEmpty(annotations))
        .withFinalizers(orEmpty(finalizers));
  }

  /** Everything. */
  Metadata ofServer(String defaultNamespace) {
    List<Owner> owners = ownerReferences == null ? List.of() : ownerReferences;
    return new Metadata(
        ofUser(defaultNamespace).namespace(),
        name,
        orEmpty(labels),
        orEmpty(annotations),
        owners.stream().map(Owner::reference).toList(),
        orEmpty(finalizers),
        orEmpty(uid),
        number(resourceVersion),
        generation == null ? 0 : generation,
        instant(creationTimestamp),
        instant(deletionTimestamp),
        managedFields == null || FieldRules.isEmpty(managedFields)
            ? ""
            : NodeJson.write(managedFields));
  }

  /** An RFC 3339 time; null when the text is none. */
  static @Nullable Instant instant(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static long number(@Nullable String text) {
    try {
      return text == null || text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      // A version of another server says nothing here; 0 means not stored.
      return 0;
    }
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static List<String> orEmpty(@Nullable List<String> list) {
    return list == null ? List.of() : list;
  }

  private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : map;
  }
}
