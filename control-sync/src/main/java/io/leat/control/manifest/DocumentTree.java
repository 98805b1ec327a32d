package io.leat.control.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.leat.control.resource.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a body of one document is: a JSON tree, or the reason why it is none. */
public sealed interface DocumentTree {

  /** A document. */
  record Tree(JsonNode root) implements DocumentTree {}

  /** A body that is no document, or one beyond the bounds of {@link ManifestReader}. */
  record Unreadable(Problem problem) implements DocumentTree {}

  /**
   * Reads a body.
   *
   * @param body UTF-8
   * @param yaml whether it may be YAML; JSON otherwise
   */
  static DocumentTree read(byte[] body, boolean yaml) {
    List<Node> documents = new ArrayList<>();
    Problem problem = read(body, yaml, documents);
    if (problem == null && documents.size() != 1) {
      String message = "must be one document (got " + documents.size() + ")";
      problem = new Problem("body", 0, 0, "", message);
    }
    return problem == null ? new Tree(NodeTree.of(documents.getFirst())) : new Unreadable(problem);
  }

  /**
   * Reads a body of any number of documents; the tree is an array of them.
   *
   * @param body UTF-8
   * @param yaml whether it may be YAML; JSON otherwise
   */
  static DocumentTree readAll(byte[] body, boolean yaml) {
    List<Node> documents = new ArrayList<>();
    Problem problem = read(body, yaml, documents);
    if (problem != null) {
      return new Unreadable(problem);
    }
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    documents.forEach(document -> all.add(NodeTree.of(document)));
    return new Tree(all);
  }

  private static @Nullable Problem read(byte[] body, boolean yaml, List<Node> documents) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      return new Problem("body", 0, 0, "", "is not UTF-8");
    }
    try {
      if (yaml && !text.stripLeading().startsWith("{")) {
        YamlDocuments.parse(text, documents::add);
      } else {
        JsonDocuments.parse(text, documents::add);
      }
    } catch (DocumentException e) {
      Place place = e.place();
      return new Problem("body", place.line(), place.column(), "", e.text());
    }
    return null;
  }
}
