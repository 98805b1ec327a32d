package io.leat.control.manifest;

import io.leat.control.manifest.Node.ScalarType;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Parses YAML 1.2 documents, core schema, with the place of every key and value. */
final class YamlDocuments {
  private static final String TAG = "tag:yaml.org,2002:";
  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+");
  private static final Pattern FLOAT =
      Pattern.compile(
          "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?"
              + "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

  private YamlDocuments() {}

  /**
   * Hands every document that is not empty to a consumer, in order.
   *
   * @throws DocumentException at the first place where the text is no YAML or exceeds a bound; the
   *     documents before were handed over
   */
  static void parse(String text, Consumer<Node> documents) throws DocumentException {
    LoadSettings settings =
        LoadSettings.builder().setCodePointLimit(ManifestReader.MAX_BYTES + 1).build();
    Place last = Place.START;
    try {
      var parser = new ParserImpl(settings, new StreamReader(settings, text));
      var builder = new NodeBuilder();
      while (parser.hasNext()) {
        Event event = parser.next();
        last = place(event.getStartMark(), last);
        if (event instanceof DocumentStartEvent) {
          builder = new NodeBuilder();
        } else if (event instanceof DocumentEndEvent) {
          Node document = builder.document();
          if (document != null && !(document instanceof Node.Scalar scalar && scalar.isNull())) {
            documents.accept(document);
          }
        } else {
          accept(event, last, builder);
        }
      }
    } catch (MarkedYamlEngineException e) {
      throw new DocumentException(place(e.getProblemMark(), last), "is not YAML: " + reason(e));
    } catch (YamlEngineException | IllegalArgumentException | IndexOutOfBoundsException e) {
      // The scanner reports some bad escapes and characters without a mark.
      throw new DocumentException(last, "is not YAML: " + firstLine(e.getMessage()));
    }
  }

  private static void accept(Event event, Place place, NodeBuilder builder)
      throws DocumentException {
    switch (event) {
      case ScalarEvent scalar when builder.expectsKey() ->
          builder.key(place, scalar.getValue(), scalar.isPlain());
      case ScalarEvent scalar ->
          builder.scalar(
              new Node.Scalar(place, type(scalar, place), scalar.getValue()),
              name(scalar.getAnchor()));
      case CollectionStartEvent start ->
          builder.begin(place, start instanceof MappingStartEvent, name(start.getAnchor()));
      case CollectionEndEvent ignored -> builder.end();
      case AliasEvent alias -> builder.alias(place, alias.getAlias().getValue());
      default -> {
        // Start and end of the stream, comments.
      }
    }
  }

  private static ScalarType type(ScalarEvent scalar, Place place) throws DocumentException {
    String tag = scalar.getTag().orElse("");
    String text = scalar.getValue();
    if (tag.isEmpty()) {
      return scalar.isPlain() ? plainType(text) : ScalarType.STRING;
    }
    return switch (tag.startsWith(TAG) ? tag.substring(TAG.length()) : tag) {
      case "str" -> ScalarType.STRING;
      case "!" -> ScalarType.STRING;
      case "int", "float", "bool", "null" -> plainType(text);
      default -> throw new DocumentException(place, "tag " + tag + " is not supported");
    };
  }

  static ScalarType plainType(String text) {
    return switch (text) {
      case "", "~", "null", "Null", "NULL" -> ScalarType.NULL;
      case "true", "True", "TRUE", "false", "False", "FALSE" -> ScalarType.BOOLEAN;
      default -> {
        if (INTEGER.matcher(text).matches()) {
          yield ScalarType.INTEGER;
        }
        yield FLOAT.matcher(text).matches() ? ScalarType.FLOAT : ScalarType.STRING;
      }
    };
  }

  private static @Nullable String name(Optional<Anchor> anchor) {
    return anchor.map(Anchor::getValue).orElse(null);
  }

  private static Place place(Optional<Mark> mark, Place fallback) {
    return mark.map(m -> new Place(m.getLine() + 1, m.getColumn() + 1)).orElse(fallback);
  }

  private static String reason(MarkedYamlEngineException e) {
    String problem = e.getProblem() == null ? "" : firstLine(e.getProblem());
    String context = e.getContext() == null ? "" : firstLine(e.getContext());
    if (problem.isEmpty() || context.isEmpty()) {
      return problem + context;
    }
    return context + ", " + problem;
  }

  private static String firstLine(@Nullable String message) {
    if (message == null) {
      return "unreadable character or escape";
    }
    return message.lines().findFirst().orElse("").strip();
  }
}
