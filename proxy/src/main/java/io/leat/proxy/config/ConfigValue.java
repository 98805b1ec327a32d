package io.leat.proxy.config;

/**
 * The value in force for one key and where it came from.
 *
 * @param value Integer, Long, Duration, Boolean or String, as {@link ConfigKey#type()} reads it
 */
public record ConfigValue(ConfigKey key, Object value, Origin origin) {

  /** The value as one would write it in a file. */
  public String text() {
    return key.type().render(value);
  }

  /** Who set a value; {@code toString} is what people are shown. */
  public sealed interface Origin {

    /** Nobody: the built-in default. */
    record Default() implements Origin {
      @Override
      public String toString() {
        return "default";
      }
    }

    /** A place in a file; line and column count from 1. */
    record File(String file, int line, int column) implements Origin {
      @Override
      public String toString() {
        return file + ":" + line + ":" + column;
      }
    }

    /** An environment variable. */
    record Environment(String variable) implements Origin {
      @Override
      public String toString() {
        return variable;
      }
    }

    /** A command line option, with its dashes. */
    record Flag(String option) implements Origin {
      @Override
      public String toString() {
        return option;
      }
    }
  }
}
