import com.google.googlejavaformat.java.Formatter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Rewrites every Java source below the given folders in google-java-format style.
 *
 * <p>The build runs it on the JDK 25 toolchain because Maven itself may run on an older Java whose
 * compiler cannot parse the sources.
 */
final class Format {
  public static void main(String[] roots) throws IOException {
    var failures = new AtomicInteger();
    for (String root : roots) {
      if (!Files.isDirectory(Path.of(root))) {
        continue;
      }
      try (Stream<Path> files = Files.walk(Path.of(root))) {
        List<Path> sources =
            files
                .filter(file -> file.toString().endsWith(".java"))
                .filter(file -> !file.toString().contains("/target/"))
                .toList();
        sources.parallelStream().forEach(file -> format(file, failures));
      }
    }
    if (failures.get() > 0) {
      System.exit(1);
    }
  }

  private static void format(Path file, AtomicInteger failures) {
    try {
      String before = Files.readString(file);
      String after = new Formatter().formatSourceAndFixImports(before);
      if (!after.equals(before)) {
        Files.writeString(file, after);
      }
    } catch (Exception e) {
      System.err.println(file + ": " + e.getMessage());
      failures.incrementAndGet();
    }
  }
}
