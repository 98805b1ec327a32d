package io.leat.control.manifest.rules;

import io.leat.proxy.table.HeaderEdit;
import io.leat.proxy.table.HeaderEdit.Operation;
import io.leat.proxy.table.HeaderEdits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads header edits, one to a line: {@code set NAME: VALUE}, {@code add NAME: VALUE} or {@code
 * remove NAME}.
 */
final class HeaderEditLines {
  /** What a line must be. */
  static final String EXPECTED = "must be set NAME: VALUE, add NAME: VALUE or remove NAME";

  private static final Pattern WITH_VALUE = Pattern.compile("(set|add) +([^ :]+) *:(.*)");
  private static final Pattern REMOVE = Pattern.compile("(remove) +([^ :]+)");

  private HeaderEditLines() {}

  /** The edits of a text that passed validation; lines that cannot be read are left out. */
  static List<HeaderEdit> edits(String text) {
    List<HeaderEdit> edits = new ArrayList<>();
    read(text, edits, new ArrayList<>());
    return edits.subList(0, Math.min(edits.size(), HeaderEdits.MOST));
  }

  /** What is wrong with a text, line by line; empty when nothing is. */
  static List<String> problems(String text) {
    List<HeaderEdit> edits = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    read(text, edits, problems);
    if (edits.size() > HeaderEdits.MOST) {
      problems.add("has " + edits.size() + " edits, at most " + HeaderEdits.MOST + " are allowed");
    }
    if (edits.isEmpty() && problems.isEmpty()) {
      problems.add(EXPECTED + Findings.got(text));
    }
    return problems;
  }

  private static void read(String text, List<HeaderEdit> edits, List<String> problems) {
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (line.isEmpty()) {
        continue;
      }
      Matcher matcher = matcher(line);
      if (!matcher.matches()) {
        problems.add("line " + (i + 1) + " " + EXPECTED + Findings.got(line));
        continue;
      }
      String name = matcher.group(2);
      String value = matcher.groupCount() > 2 ? matcher.group(3).strip() : "";
      String refused = HeaderEdit.refusal(name, value);
      if (refused == null) {
        Operation operation = Operation.valueOf(matcher.group(1).toUpperCase(Locale.ROOT));
        edits.add(new HeaderEdit(operation, name, value));
      } else {
        problems.add("line " + (i + 1) + ": " + refused + Findings.got(line));
      }
    }
  }

  private static Matcher matcher(String line) {
    Matcher remove = REMOVE.matcher(line);
    return remove.matches() ? remove : WITH_VALUE.matcher(line);
  }
}
