package io.leat.proxy.routing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.leat.proxy.table.HeaderEdit;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Header edits of one direction, ready to be copied into a head. Immutable, read by any event loop.
 *
 * @param dropped names in lower case whose fields do not pass
 * @param lines whole fields, each with its line end, that come after those that pass
 */
public record LiveEdit(byte[][] dropped, byte[] lines) {
  /** Nothing is changed. */
  public static final LiveEdit NONE = new LiveEdit(new byte[0][], new byte[0]);

  /** The edits in their order; a later {@code set} or {@code remove} undoes what came before. */
  static LiveEdit of(List<HeaderEdit> edits) {
    if (edits.isEmpty()) {
      return NONE;
    }
    Set<String> dropped = new TreeSet<>();
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (int i = 0; i < edits.size(); i++) {
      HeaderEdit edit = edits.get(i);
      if (edit.operation() != HeaderEdit.Operation.ADD) {
        dropped.add(edit.name());
      }
      if (edit.operation() != HeaderEdit.Operation.REMOVE && !isUndone(edits, i)) {
        lines.writeBytes((edit.name() + ": " + edit.value() + "\r\n").getBytes(ISO_8859_1));
      }
    }
    byte[][] names = new byte[dropped.size()][];
    int at = 0;
    for (String name : dropped) {
      names[at++] = name.getBytes(ISO_8859_1);
    }
    return new LiveEdit(names, lines.toByteArray());
  }

  private static boolean isUndone(List<HeaderEdit> edits, int index) {
    String name = edits.get(index).name();
    for (HeaderEdit later : edits.subList(index + 1, edits.size())) {
      if (later.operation() != HeaderEdit.Operation.ADD && later.name().equals(name)) {
        return true;
      }
    }
    return false;
  }
}
