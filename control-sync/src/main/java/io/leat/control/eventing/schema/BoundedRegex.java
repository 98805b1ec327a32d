package io.leat.control.eventing.schema;

import com.networknt.schema.regex.RegularExpression;
import java.util.regex.Pattern;

/**
 * A regular expression of a schema that gives up instead of going back over a text for ever.
 *
 * @param pattern found anywhere in the text (JSON Schema 2020-12, section 6.4 of core)
 */
record BoundedRegex(Pattern pattern) implements RegularExpression {
  /** Characters that one match looks at, counted as often as it looks. */
  static final int MAX_LOOKS = 1_000_000;

  @Override
  public boolean matches(String value) {
    return pattern.matcher(new Counted(value, new int[1], 0, value.length())).find();
  }

  /** A text that counts how often it is looked at; parts of it count on the same counter. */
  private record Counted(String text, int[] looks, int from, int to) implements CharSequence {
    @Override
    public int length() {
      return to - from;
    }

    @Override
    public char charAt(int index) {
      if (++looks[0] > MAX_LOOKS) {
        throw new CostlyCheckException("a pattern of the schema goes back over the text too often");
      }
      return text.charAt(from + index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Counted(text, looks, from + start, from + end);
    }

    @Override
    public String toString() {
      return text.substring(from, to);
    }
  }
}
