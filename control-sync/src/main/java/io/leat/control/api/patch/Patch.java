package io.leat.control.api.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** One change of a document, in one of the forms that clients send. */
public sealed interface Patch {

  /** What became of a document. */
  sealed interface Outcome {}

  /** The changed document, a tree of its own. */
  record Patched(ObjectNode document) implements Outcome {}

  /** The change does not fit the document; nothing was changed. */
  record Unfit(String message) implements Outcome {}

  /** {@code application/merge-patch+json}. */
  record Merge(ObjectNode changes) implements Patch {}

  /** {@code application/json-patch+json}. */
  record Operations(JsonNode operations) implements Patch {}

  /** {@code application/strategic-merge-patch+json}. */
  record Strategic(ObjectNode changes) implements Patch {}

  /** Applies the change to a copy of a document. */
  default Outcome apply(ObjectNode document) {
    ObjectNode copy = document.deepCopy();
    return switch (this) {
      case Merge merge -> new Patched((ObjectNode) MergePatch.merge(copy, merge.changes()));
      case Operations patch -> JsonPatch.apply(copy, patch.operations());
      case Strategic patch -> StrategicPatch.apply(copy, patch.changes());
    };
  }
}
