package io.leat.control.manifest;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds one document from parser events without recursion, bounded in depth and in values.
 *
 * <p>An alias shares the node of its anchor, so it costs no memory; its values count all the same,
 * because readers walk them. Confined to the thread that reads.
 */
final class NodeBuilder {
  static final int MAX_DEPTH = 64;
  static final int MAX_VALUES = 200_000;

  private static final String MERGE_KEY = "<<";

  private final Deque<Frame> open = new ArrayDeque<>();
  private final Map<String, Built> anchors = new HashMap<>();
  private @Nullable Built root;

  /** A finished node with the values that it holds, aliases followed, and its nesting depth. */
  private record Built(Node node, long values, int depth) {}

  /** A list or mapping whose end has not come yet. */
  private static final class Frame {
    final Place place;
    final boolean mapping;
    final @Nullable String anchor;
    final List<Node> items = new ArrayList<>();
    final List<Node.Entry> entries = new ArrayList<>();
    final List<Node.Mapping> merged = new ArrayList<>();
    @Nullable Place keyPlace;
    String key = "";
    boolean mergeKey;
    long values = 1;
    int depth = 1;

    Frame(Place place, boolean mapping, @Nullable String anchor) {
      this.place = place;
      this.mapping = mapping;
      this.anchor = anchor;
    }
  }

  void begin(Place place, boolean mapping, @Nullable String anchor) throws DocumentException {
    if (expectsKey()) {
      throw new DocumentException(place, "a key must be a single value");
    }
    if (open.size() >= MAX_DEPTH) {
      throw new DocumentException(place, "is nested deeper than " + MAX_DEPTH + " levels");
    }
    open.push(new Frame(place, mapping, anchor));
  }

  void end() throws DocumentException {
    Frame frame = open.pop();
    Node node =
        frame.mapping
            ? new Node.Mapping(frame.place, withMerged(frame))
            : new Node.Sequence(frame.place, frame.items);
    add(new Built(node, frame.values, frame.depth), frame.anchor);
  }

  /** Adds a key of the open mapping. */
  void key(Place place, String key, boolean plain) {
    Frame frame = open.element();
    frame.keyPlace = place;
    frame.key = key;
    frame.mergeKey = plain && key.equals(MERGE_KEY);
  }

  void scalar(Node.Scalar scalar, @Nullable String anchor) throws DocumentException {
    add(new Built(scalar, 1, 0), anchor);
  }

  void alias(Place place, String name) throws DocumentException {
    Built built = anchors.get(name);
    if (built == null) {
      throw new DocumentException(
          place, "alias *" + name + " has no anchor before it, or stands inside its own anchor");
    }
    if (!expectsKey()) {
      add(built, null);
    } else if (built.node() instanceof Node.Scalar scalar) {
      key(place, scalar.text(), false);
    } else {
      throw new DocumentException(place, "a key must be a single value");
    }
  }

  /** Whether the next scalar is a key. */
  boolean expectsKey() {
    Frame frame = open.peek();
    return frame != null && frame.mapping && frame.keyPlace == null;
  }

  /** The document once every list and mapping has ended; null when it is empty. */
  @Nullable Node document() {
    return root == null ? null : root.node();
  }

  private void add(Built built, @Nullable String anchor) throws DocumentException {
    if (anchor != null) {
      anchors.put(anchor, built);
    }
    Frame frame = open.peek();
    if (frame == null) {
      root = built;
      return;
    }
    Place place = built.node().place();
    frame.values += built.values();
    frame.depth = Math.max(frame.depth, built.depth() + 1);
    if (frame.values > MAX_VALUES) {
      throw new DocumentException(
          place, "holds more than " + MAX_VALUES + " values, aliases followed");
    }
    if (open.size() - 1 + frame.depth > MAX_DEPTH) {
      throw new DocumentException(place, "is nested deeper than " + MAX_DEPTH + " levels");
    }
    Place keyPlace = frame.keyPlace;
    if (keyPlace == null) {
      frame.items.add(built.node());
    } else if (frame.mergeKey) {
      merge(frame, built.node());
    } else {
      frame.entries.add(new Node.Entry(keyPlace, frame.key, built.node()));
    }
    frame.keyPlace = null;
  }

  private static void merge(Frame frame, Node node) throws DocumentException {
    List<Node> sources = node instanceof Node.Sequence list ? list.items() : List.of(node);
    for (Node source : sources) {
      if (!(source instanceof Node.Mapping mapping)) {
        throw new DocumentException(
            node.place(),
            "<< takes a mapping or a list of mappings (got " + source.described() + ")");
      }
      frame.merged.add(mapping);
    }
  }

  /** The entries of a mapping, and those of its merged mappings that it does not override. */
  private static List<Node.Entry> withMerged(Frame frame) {
    if (frame.merged.isEmpty()) {
      return frame.entries;
    }
    Map<String, Node.Entry> known = new HashMap<>();
    frame.entries.forEach(entry -> known.put(entry.key(), entry));
    List<Node.Entry> all = new ArrayList<>(frame.entries);
    for (Node.Mapping mapping : frame.merged) {
      for (Node.Entry entry : mapping.entries()) {
        if (known.putIfAbsent(entry.key(), entry) == null) {
          all.add(entry);
        }
      }
    }
    return all;
  }
}
