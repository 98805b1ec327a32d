package io.leat.proxy.config;

/** Renders the declared keys as the documents that users read. */
public final class ConfigReference {
  private ConfigReference() {}

  /** {@code deploy/config/reference.yaml}: every key, its default and its sentence. */
  public static String yaml() {
    StringBuilder out = new StringBuilder();
    out.append("# Every key of Leat's configuration with its default. Copy what you change.\n");
    out.append(
        "# A flag wins over an environment variable, that over this file. The variable of\n");
    out.append("# proxy.http-port is LEAT_PROXY_HTTP_PORT, and so on for each key.\n");
    out.append("# Rendered from the code; a test fails when the two differ.\n");
    for (String section : ConfigKey.sections()) {
      out.append('\n').append(section).append(":\n");
      for (ConfigKey key : ConfigKey.values()) {
        if (key.section().equals(section)) {
          out.append("  # ").append(key.sentence()).append('\n');
          out.append("  # ").append(key.type().label()).append('\n');
          out.append("  ").append(key.leaf()).append(": ").append(key.defaultText()).append('\n');
        }
      }
    }
    return out.toString();
  }

  /** {@code docs/reference/config.md}: the same as a table. */
  public static String markdown() {
    StringBuilder out = new StringBuilder();
    out.append("# Configuration\n\n");
    out.append(
        "Precedence: flag, then environment variable, then `--config` file, then default.\n");
    out.append("`leat config explain KEY` prints the value in force and where it came from.\n");
    out.append("Unknown keys are refused with the nearest name; exit code 78.\n\n");
    out.append("| key | environment | value | default | what it does |\n");
    out.append("|---|---|---|---|---|\n");
    for (ConfigKey key : ConfigKey.values()) {
      out.append("| `").append(key.key()).append("` | `").append(key.variable());
      out.append("` | ").append(key.type().label()).append(" | `").append(key.defaultText());
      out.append("` | ").append(key.sentence()).append(" |\n");
    }
    return out.toString();
  }
}
