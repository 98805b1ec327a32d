package io.leat.control.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.leat.control.manifest.Node.ScalarType;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Parses JSON (RFC 8259), one document or several after each other, with every place. */
final class JsonDocuments {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(NodeBuilder.MAX_DEPTH)
                  .maxNumberLength(1000)
                  .maxStringLength(ManifestReader.MAX_BYTES)
                  .build())
          .build();

  private JsonDocuments() {}

  /**
   * Hands every document to a consumer, in order.
   *
   * @throws DocumentException at the first place where the text is no JSON or exceeds a bound; the
   *     documents before were handed over
   */
  static void parse(String text, Consumer<Node> documents) throws DocumentException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      var builder = new NodeBuilder();
      JsonToken token = parser.nextToken();
      while (token != null) {
        accept(token, parser, builder);
        Node document = parser.getParsingContext().inRoot() ? builder.document() : null;
        if (document != null) {
          documents.accept(document);
          builder = new NodeBuilder();
        }
        token = parser.nextToken();
      }
    } catch (StreamConstraintsException e) {
      throw new DocumentException(
          place(e.getLocation()), "is beyond the bounds: " + message(e.getOriginalMessage()));
    } catch (JsonProcessingException e) {
      throw new DocumentException(
          place(e.getLocation()), "is not JSON: " + message(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new DocumentException(Place.START, "cannot be read: " + message(e.getMessage()));
    }
  }

  private static void accept(JsonToken token, JsonParser parser, NodeBuilder builder)
      throws IOException, DocumentException {
    Place place = place(parser.currentTokenLocation());
    switch (token) {
      case START_OBJECT -> builder.begin(place, true, null);
      case START_ARRAY -> builder.begin(place, false, null);
      case END_OBJECT, END_ARRAY -> builder.end();
      case FIELD_NAME -> builder.key(place, parser.currentName(), false);
      case VALUE_STRING -> scalar(place, ScalarType.STRING, parser, builder);
      case VALUE_NUMBER_INT -> scalar(place, ScalarType.INTEGER, parser, builder);
      case VALUE_NUMBER_FLOAT -> scalar(place, ScalarType.FLOAT, parser, builder);
      case VALUE_TRUE, VALUE_FALSE -> scalar(place, ScalarType.BOOLEAN, parser, builder);
      case VALUE_NULL -> scalar(place, ScalarType.NULL, parser, builder);
      default -> throw new DocumentException(place, "is not JSON: unexpected " + token);
    }
  }

  private static void scalar(Place place, ScalarType type, JsonParser parser, NodeBuilder builder)
      throws IOException, DocumentException {
    builder.scalar(new Node.Scalar(place, type, parser.getText()), null);
  }

  private static Place place(@Nullable JsonLocation location) {
    return location == null || location.getLineNr() < 1
        ? Place.START
        : new Place(location.getLineNr(), Math.max(1, location.getColumnNr()));
  }

  private static String message(@Nullable String text) {
    // Where the open bracket is follows in words of Jackson's own.
    return text == null
        ? ""
        : text.lines().findFirst().orElse("").replaceAll(" \\(start marker at .*", "");
  }
}
