package io.leat.proxy.config;

/**
 * One reason why a configuration was refused; {@code toString} is {@code file:line:col key:
 * message}.
 *
 * @param key the key as it was written; empty when the file as a whole is at fault
 * @param message completes a sentence that starts with the key
 */
public record ConfigProblem(ConfigValue.Origin origin, String key, String message) {

  @Override
  public String toString() {
    return key.isEmpty() ? origin + " " + message : origin + " " + key + ": " + message;
  }
}
