package io.leat.proxy.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Properties;

/**
 * The version of Leat, and the version of the Kubernetes dialect that it speaks.
 *
 * @param leat as built; {@code dev} when run from class files
 * @param major of the dialect, compared by kubectl with its own
 * @param minor of the dialect
 */
public record VersionInfo(String leat, String major, String minor) {
  private static final String PROPERTIES = "/META-INF/maven/io.leat/leat-proxy/pom.properties";

  /** The version of the running program. */
  public static VersionInfo current() {
    Properties built = new Properties();
    try (InputStream in = VersionInfo.class.getResourceAsStream(PROPERTIES)) {
      if (in != null) {
        built.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new VersionInfo(built.getProperty("version", "dev"), "1", "33");
  }

  /** The answer of {@code /version}: the {@code version.Info} of Kubernetes and {@code leat}. */
  public String json() {
    StringBuilder out = new StringBuilder();
    new JsonWriter(out)
        .beginObject()
        .name("major")
        .value(major)
        .name("minor")
        .value(minor)
        .name("gitVersion")
        .value("v" + major + "." + minor + ".0+leat-" + leat)
        .name("gitCommit")
        .value("")
        .name("gitTreeState")
        .value("")
        .name("buildDate")
        .value("")
        .name("goVersion")
        .value("")
        .name("compiler")
        .value("java " + Runtime.version())
        .name("platform")
        .value(platform())
        .name("leat")
        .value(leat)
        .endObject();
    return out.toString();
  }

  private static String platform() {
    String os = System.getProperty("os.name", "unknown").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "unknown");
    return (os.startsWith("mac") ? "darwin" : os.replace(' ', '-')) + "/" + arch;
  }
}
