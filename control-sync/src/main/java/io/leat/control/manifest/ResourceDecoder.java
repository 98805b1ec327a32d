package io.leat.control.manifest;

import io.leat.control.manifest.rules.AutoscalingAnnotations;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.Problem;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decodes documents of one file to resources; confined to the thread that reads. */
final class ResourceDecoder {
  private static final String NAMESPACE = "default";
  private static final List<String> DOCUMENT_FIELDS =
      List.of("apiVersion", "kind", "metadata", "status");

  private final String file;
  private final ManifestReader.Reading reading;
  private final List<ManifestResource> resources = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  /**
   * Decodes for one file.
   *
   * @param reading which rules and fields count
   */
  ResourceDecoder(String file, ManifestReader.Reading reading) {
    this.file = file;
    this.reading = reading;
  }

  ManifestSet result() {
    return new ManifestSet(resources, problems);
  }

  void problem(Place place, String path, String message) {
    problems.add(new Problem(file, place.line(), place.column(), path, message));
  }

  void document(Node document) {
    if (!(document instanceof Node.Mapping mapping)) {
      problem(document.place(), "", "must be a mapping (got " + document.described() + ")");
      return;
    }
    String apiVersion = header(mapping, "apiVersion");
    String kind = header(mapping, "kind");
    if (apiVersion == null || kind == null) {
      return;
    }
    Optional<Kind> served = Kind.of(apiVersion, kind);
    if (served.isPresent()) {
      resource(served.get(), mapping);
    } else if (isList(apiVersion, kind)) {
      items(mapping);
    } else {
      unserved(apiVersion, kind, mapping);
    }
  }

  private @Nullable String header(Node.Mapping mapping, String field) {
    Node value = mapping.value(field);
    if (value instanceof Node.Scalar scalar && !scalar.isNull() && !scalar.text().isEmpty()) {
      return scalar.text();
    }
    if (value == null || RecordDecoder.isNull(value)) {
      problem(mapping.place(), field, "is required");
    } else {
      problem(value.place(), field, "must be a string (got " + value.described() + ")");
    }
    return null;
  }

  private static boolean isList(String apiVersion, String kind) {
    boolean plain = kind.equals("List") && apiVersion.equals("v1");
    return plain
        || (kind.endsWith("List")
            && Kind.of(apiVersion, kind.substring(0, kind.length() - 4)).isPresent());
  }

  private void items(Node.Mapping mapping) {
    Node items = mapping.value("items");
    if (items == null) {
      problem(mapping.place(), "items", "is required");
    } else if (items instanceof Node.Sequence sequence) {
      sequence.items().forEach(this::document);
    } else if (!RecordDecoder.isNull(items)) {
      problem(items.place(), "items", "must be a list (got " + items.described() + ")");
    }
  }

  private void unserved(String apiVersion, String kind, Node.Mapping mapping) {
    boolean kindExists =
        Arrays.stream(Kind.values()).anyMatch(candidate -> candidate.kind().equals(kind));
    String field = kindExists ? "apiVersion" : "kind";
    Node value = mapping.value(field);
    String served =
        Arrays.stream(Kind.values())
            .filter(candidate -> !candidate.isPlanned())
            .map(candidate -> candidate.apiVersion() + " " + candidate.kind())
            .collect(Collectors.joining(", "));
    problem(
        value == null ? mapping.place() : value.place(),
        field,
        "\"" + apiVersion + " " + kind + "\" is not served; served are " + served);
  }

  private void resource(Kind kind, Node.Mapping mapping) {
    var decoding = new Decoding(file, mapping.place(), reading.tolerant());
    var decoder = new RecordDecoder(decoding);
    KindShape shape = KindShape.of(kind);
    Map<String, Node.Entry> entries = decoder.entries(mapping, "");
    boolean document = shape.spec() == Spec.Document.class;
    if (!document) {
      foreign(decoder, shape, entries);
    }
    for (Node.Entry entry : entries.values()) {
      decoding.position(entry.key(), entry.value().place());
    }
    Metadata metadata = metadata(kind, decoding, decoder, mapping, entries);
    Spec spec =
        document
            ? DocumentFields.of(kind, entries, decoding)
            : spec(decoding, decoder, shape, entries);
    if (reading.fresh()) {
      EmbeddedSchema.check(spec, decoding);
    }
    Status status = document ? Status.EMPTY : status(decoder, entries);
    var resource = new Resource(kind, metadata, spec, status);
    Validation validation = reading.validation();
    if (validation != null) {
      validation.findings(resource).forEach(decoding::finding);
    }
    ignoredAnnotations(resource, decoding);
    if (decoding.problems().isEmpty()) {
      resources.add(
          new ManifestResource(
              resource, decoding.ignored(), decoding.unknownFields(), file, decoding.positions()));
    } else {
      problems.addAll(decoding.problems());
    }
  }

  private static void foreign(
      RecordDecoder decoder, KindShape shape, Map<String, Node.Entry> entries) {
    List<String> names = new ArrayList<>(DOCUMENT_FIELDS);
    if (shape.flat()) {
      names.addAll(RecordShape.of(shape.spec()).names());
    } else {
      names.add("spec");
    }
    for (Node.Entry entry : entries.values()) {
      if (!names.contains(entry.key())) {
        decoder.unknown(entry, entry.key(), names);
      }
    }
  }

  private Metadata metadata(
      Kind kind,
      Decoding decoding,
      RecordDecoder decoder,
      Node.Mapping document,
      Map<String, Node.Entry> entries) {
    Node.Mapping mapping = mapping(decoding, document, entries, "metadata", true);
    if (mapping == null) {
      return Metadata.of(kind.isNamespaced() ? NAMESPACE : "", "");
    }
    WrittenMetadata written = decoder.decode(WrittenMetadata.class, mapping, "metadata");
    if (written.generateName() != null && !written.generateName().isEmpty()) {
      Place place = decoding.positions().of("metadata.generateName");
      decoding.problem(
          place, "metadata.generateName", "is not supported in this version: set metadata.name");
    }
    String space = kind.isNamespaced() ? NAMESPACE : "";
    return reading.keepsServerFields() ? written.ofServer(space) : written.ofUser(space);
  }

  private static Spec spec(
      Decoding decoding, RecordDecoder decoder, KindShape shape, Map<String, Node.Entry> entries) {
    Class<? extends Record> record = shape.spec().asSubclass(Record.class);
    Place place = decoding.positions().of("");
    if (shape.flat()) {
      return (Spec) decoder.fields(record, entries, place, "");
    }
    boolean required = !RecordShape.of(record).allOptional();
    var none = new Node.Mapping(place, List.of());
    Node.Mapping mapping = mapping(decoding, none, entries, "spec", required);
    return mapping == null
        ? (Spec) RecordDecoder.emptyRecord(record)
        : (Spec) decoder.decode(record, mapping, "spec");
  }

  private Status status(RecordDecoder decoder, Map<String, Node.Entry> entries) {
    Node.Entry entry = entries.get("status");
    if (!reading.keepsServerFields()
        || entry == null
        || !(entry.value() instanceof Node.Mapping mapping)) {
      return Status.EMPTY;
    }
    return decoder.decode(WrittenStatus.class, mapping, "status").status();
  }

  private static Node.@Nullable Mapping mapping(
      Decoding decoding,
      Node.Mapping document,
      Map<String, Node.Entry> entries,
      String field,
      boolean required) {
    Node.Entry entry = entries.get(field);
    if (entry == null || RecordDecoder.isNull(entry.value())) {
      if (required) {
        decoding.doubt(document.place(), field, "is required");
      }
      return null;
    }
    if (entry.value() instanceof Node.Mapping mapping) {
      return mapping;
    }
    decoding.doubt(
        entry.value().place(), field, "must be a mapping (got " + entry.value().described() + ")");
    return null;
  }

  private static void ignoredAnnotations(Resource resource, Decoding decoding) {
    Spec.@Nullable TemplateMetadata template =
        switch (resource.spec()) {
          case Spec.ServiceSpec spec -> spec.template().metadata();
          case Spec.ConfigurationSpec spec -> spec.template().metadata();
          default -> null;
        };
    if (template == null || template.annotations() == null) {
      return;
    }
    String path = "spec.template.metadata.annotations";
    for (String key : AutoscalingAnnotations.read(template.annotations(), path).unknown()) {
      decoding.ignore(path + "[" + key + "]");
    }
  }
}
