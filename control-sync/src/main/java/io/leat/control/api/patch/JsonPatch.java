package io.leat.control.api.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serial;

/** JSON patch (RFC 6902): operations in order, all or nothing. */
final class JsonPatch {
  private static final int MAX_OPERATIONS = 10_000;

  /** Values that a patch may copy in all, so that doubling an object stays bounded. */
  private static final int MAX_COPIED = 200_000;

  private JsonNode root;
  private int copied;

  private JsonPatch(JsonNode root) {
    this.root = root;
  }

  /** An operation that cannot be carried out; never leaves this class. */
  private static final class Misfit extends Exception {
    @Serial private static final long serialVersionUID = 1;

    Misfit(String message) {
      super(message, null, false, false);
    }
  }

  static Patch.Outcome apply(ObjectNode document, JsonNode operations) {
    if (!(operations instanceof ArrayNode list)) {
      return new Patch.Unfit("a JSON patch must be a list of operations");
    }
    if (list.size() > MAX_OPERATIONS) {
      return new Patch.Unfit("a JSON patch may have at most " + MAX_OPERATIONS + " operations");
    }
    JsonPatch patch = new JsonPatch(document);
    for (int i = 0; i < list.size(); i++) {
      try {
        patch.operation(list.get(i));
      } catch (Misfit misfit) {
        return new Patch.Unfit("operation " + i + ": " + misfit.getMessage());
      }
    }
    return patch.root instanceof ObjectNode object
        ? new Patch.Patched(object)
        : new Patch.Unfit("the patch leaves no object");
  }

  private void operation(JsonNode operation) throws Misfit {
    Pointer path = pointer(operation, "path");
    switch (operation.path("op").asText("")) {
      case "add" -> add(path, value(operation));
      case "remove" -> {
        var _ = remove(path);
      }
      case "replace" -> {
        if (path.isRoot()) {
          root = value(operation);
        } else {
          replace(path, value(operation));
        }
      }
      case "move" -> {
        Pointer from = pointer(operation, "from");
        if (path.isBelow(from)) {
          throw new Misfit("a value cannot be moved into itself");
        }
        add(path, remove(from));
      }
      case "copy" -> add(path, copyOf(get(pointer(operation, "from"))));
      case "test" -> {
        if (!get(path).equals(value(operation))) {
          throw new Misfit("the value at " + path + " is another one");
        }
      }
      default -> throw new Misfit("op must be add, remove, replace, move, copy or test");
    }
  }

  private JsonNode copyOf(JsonNode value) throws Misfit {
    copied += size(value);
    if (copied > MAX_COPIED) {
      throw new Misfit("the patch copies more than " + MAX_COPIED + " values");
    }
    return value.deepCopy();
  }

  private static int size(JsonNode value) {
    int size = 1;
    for (JsonNode child : value) {
      size += size(child);
    }
    return size;
  }

  private static Pointer pointer(JsonNode operation, String field) throws Misfit {
    JsonNode text = operation.get(field);
    if (text == null || !text.isTextual()) {
      throw new Misfit(field + " is required");
    }
    Pointer pointer = Pointer.parse(text.asText());
    if (pointer == null) {
      throw new Misfit(field + " must be a JSON pointer (RFC 6901)");
    }
    return pointer;
  }

  private static JsonNode value(JsonNode operation) throws Misfit {
    JsonNode value = operation.get("value");
    if (value == null) {
      throw new Misfit("value is required");
    }
    return value.deepCopy();
  }

  private JsonNode get(Pointer path) throws Misfit {
    JsonNode at = root;
    for (String token : path.tokens()) {
      at = child(at, token, path);
    }
    return at;
  }

  private static JsonNode child(JsonNode parent, String token, Pointer path) throws Misfit {
    JsonNode child =
        parent instanceof ArrayNode array
            ? array.get(index(token, array.size() - 1, path))
            : parent.get(token);
    if (child == null) {
      throw new Misfit("there is nothing at " + path);
    }
    return child;
  }

  private void add(Pointer path, JsonNode value) throws Misfit {
    if (path.isRoot()) {
      root = value;
      return;
    }
    JsonNode parent = get(path.parent());
    switch (parent) {
      case ObjectNode object -> object.set(path.last(), value);
      case ArrayNode array when path.last().equals("-") -> array.add(value);
      case ArrayNode array -> array.insert(index(path.last(), array.size(), path), value);
      default -> throw new Misfit("there is no object or list at " + path.parent());
    }
  }

  private void replace(Pointer path, JsonNode value) throws Misfit {
    JsonNode parent = get(path.parent());
    var _ = child(parent, path.last(), path);
    if (parent instanceof ArrayNode array) {
      array.set(index(path.last(), array.size() - 1, path), value);
    } else {
      ((ObjectNode) parent).set(path.last(), value);
    }
  }

  private JsonNode remove(Pointer path) throws Misfit {
    if (path.isRoot()) {
      throw new Misfit("the document itself cannot be removed");
    }
    JsonNode parent = get(path.parent());
    JsonNode old = child(parent, path.last(), path);
    if (parent instanceof ArrayNode array) {
      array.remove(index(path.last(), array.size() - 1, path));
    } else {
      ((ObjectNode) parent).remove(path.last());
    }
    return old;
  }

  /** An index without leading zeros (RFC 6901 section 4). */
  private static int index(String token, int most, Pointer path) throws Misfit {
    if (token.matches("0|[1-9][0-9]{0,6}")) {
      int index = Integer.parseInt(token);
      if (index <= most) {
        return index;
      }
    }
    throw new Misfit("there is no index " + token + " at " + path);
  }
}
