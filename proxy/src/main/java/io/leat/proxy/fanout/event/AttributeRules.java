package io.leat.proxy.fanout.event;

import org.jspecify.annotations.Nullable;

/** What names and values of context attributes have to be (CloudEvents 1.0 section 3; 0.3). */
final class AttributeRules {
  private static final String NOT_EMPTY = "a text that is not empty";

  private AttributeRules() {}

  /** Whether a name is lower-case letters and digits, and not that of the data. */
  static boolean isName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char next = name.charAt(i);
      if ((next < 'a' || next > 'z') && (next < '0' || next > '9')) {
        return false;
      }
    }
    return !name.isEmpty() && !name.equals("data");
  }

  /** Whether a value is an Integer or Boolean in its canonical form. */
  static boolean isLiteral(@Nullable String value) {
    if (value == null || value.equals("true") || value.equals("false")) {
      return value != null;
    }
    Integer number = integer(value);
    return number != null && number.toString().equals(value);
  }

  /** The value of an Integer attribute: decimal digits within 32 bits; null for anything else. */
  static @Nullable Integer integer(String value) {
    int start = value.startsWith("-") ? 1 : 0;
    int digits = value.length() - start;
    if (digits < 1 || digits > 10) {
      return null;
    }
    long number = 0;
    for (int i = start; i < value.length(); i++) {
      char next = value.charAt(i);
      if (next < '0' || next > '9') {
        return null;
      }
      number = 10 * number + next - '0';
    }
    number = start == 1 ? -number : number;
    return (int) number == number ? (int) number : null;
  }

  /** Whether a value may be a header as it is: printable ASCII, no space at either end. */
  static boolean isHeaderText(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < 0x20 || value.charAt(i) > 0x7E) {
        return false;
      }
    }
    return value.isEmpty() || (value.charAt(0) != ' ' && !value.endsWith(" "));
  }

  /** The rule that a value breaks; null when it breaks none. */
  static @Nullable String broken(String name, String value, boolean v1) {
    if (!isString(value)) {
      return "no control characters, noncharacters or halves of surrogate pairs";
    }
    return switch (name) {
      case "specversion" -> isVersion(value) ? null : "1.0 or 0.3";
      case "id", "type", "subject" -> value.isEmpty() ? NOT_EMPTY : null;
      case "source" ->
          value.isEmpty() || !ValueForms.isUriReference(value) ? "a URI-reference" : null;
      case "time" -> ValueForms.isTime(value) ? null : "a time as in RFC 3339";
      case "datacontenttype" ->
          ValueForms.isMediaType(value) && isHeaderText(value) ? null : "a media type";
      case "dataschema" -> v1 && !ValueForms.isUri(value) ? "an absolute URI" : null;
      case "schemaurl" -> v1 || ValueForms.isUriReference(value) ? null : "a URI-reference";
      case "datacontentencoding" -> v1 || value.equalsIgnoreCase("base64") ? null : "base64";
      default -> null;
    };
  }

  /** Whether a version of CloudEvents is known. */
  static boolean isVersion(String value) {
    return value.equals("1.0") || value.equals("0.3");
  }

  /** Whether the context of every event has a type of its own for the attribute: no literal. */
  static boolean isDefined(String name, boolean v1) {
    return switch (name) {
      case "specversion", "id", "type", "source", "subject", "time", "datacontenttype" -> true;
      case "dataschema" -> v1;
      case "schemaurl", "datacontentencoding" -> !v1;
      default -> false;
    };
  }

  /** Whether a value is a String of CloudEvents (section "Type System"). */
  private static boolean isString(String value) {
    for (int i = 0; i < value.length(); ) {
      int next = value.codePointAt(i);
      if (next < 0x20
          || (next >= 0x7F && next <= 0x9F)
          || (next >= 0xD800 && next <= 0xDFFF)
          || (next >= 0xFDD0 && next <= 0xFDEF)
          || (next & 0xFFFE) == 0xFFFE) {
        return false;
      }
      i += Character.charCount(next);
    }
    return true;
  }
}
