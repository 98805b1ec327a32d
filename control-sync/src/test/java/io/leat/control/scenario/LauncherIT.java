package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script in a tree of its own, with JDKs and a Maven that only write down calls. */
class LauncherIT {
  @TempDir Path dir;

  private record Result(int exitCode, String out, String err) {}

  private static void script(Path file, String text) throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path jdk(String name, String version) throws Exception {
    Path home = dir.resolve(name);
    script(
        home.resolve("bin/java"),
        """
        for a in "$@"; do
          case $a in -XX:AOTCacheOutput=*) : >"${a#*=}"; exit 0 ;; esac
        done
        echo %s "$@"
        """
            .formatted(name));
    script(home.resolve("bin/javac"), "exit 0\n");
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private Path tree() throws Exception {
    Path root = Files.createDirectories(dir.resolve("tree"));
    Path launcher = root.resolve("leat");
    Files.copy(Path.of("../leat"), launcher);
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(root.resolve("pom.xml"), "<project/>");
    for (String module : List.of("proxy", "activator", "control-sync")) {
      Files.createDirectories(root.resolve(module + "/src/main"));
    }
    script(
        dir.resolve("tools/mvn"),
        """
        mkdir -p control-sync/target/leat/lib && : >control-sync/target/leat/lib/a.jar
        echo built >>mvn.log
        """);
    return root;
  }

  private Result run(Path root, Map<String, String> environment, String... arguments)
      throws Exception {
    ProcessBuilder builder = new ProcessBuilder();
    builder.command().add(root.resolve("leat").toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().clear();
    builder.environment().put("PATH", dir.resolve("tools") + ":/usr/bin:/bin");
    builder.environment().put("HOME", dir.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), out, err);
  }

  @Test
  void buildsOnceMakesTheCacheOnceAndBuildsAgainWhenSourcesAreNewer() throws Exception {
    Path root = tree();
    Map<String, String> environment = Map.of("LEAT_JAVA_HOME", jdk("jdk", "25.0.3").toString());
    Result first = run(root, environment, "version", "two words");
    assertThat(first.err()).isEqualTo("building Leat (first run only) …\n");
    assertThat(first.exitCode()).isZero();
    assertThat(first.out()).contains("-XX:AOTCache=").endsWith("Leat version two words\n");
    Result second = run(root, environment, "version");
    assertThat(second.err()).isEmpty();
    Path source = root.resolve("proxy/src/main/A.java");
    Files.writeString(source, "class A {}");
    Files.setLastModifiedTime(
        source,
        java.nio.file.attribute.FileTime.fromMillis(
            Files.getLastModifiedTime(root.resolve("control-sync/target/leat/built")).toMillis()
                + 5_000));
    assertThat(run(root, environment, "version").err()).startsWith("building Leat");
    assertThat(Files.readAllLines(root.resolve("mvn.log"))).hasSize(2);
  }

  @Test
  void prefersItsOwnVariableThenJavaHome() throws Exception {
    Path root = tree();
    String one = jdk("one", "25.0.3").toString();
    String two = jdk("two", "25").toString();
    String old = jdk("old", "17.0.15").toString();
    assertThat(run(root, Map.of("LEAT_JAVA_HOME", one, "JAVA_HOME", two), "version").out())
        .startsWith("one ");
    assertThat(run(root, Map.of("LEAT_JAVA_HOME", old, "JAVA_HOME", two), "version").out())
        .startsWith("two ");
  }

  @Test
  void aMissingJdkIsOneLineAndExit69() throws Exception {
    Path root = tree();
    Path launcher = root.resolve("leat");
    String text = Files.readString(launcher);
    assertThat(text).contains("/usr/lib/jvm/*");
    // This machine has a JDK 25 in the usual place, so the copy looks into an empty one instead.
    Files.writeString(launcher, text.replace("/usr/lib/jvm/*", dir + "/no-jvm/*"));
    Result result = run(root, Map.of("JAVA_HOME", jdk("old", "17.0.15").toString()), "version");
    assertThat(result.exitCode()).isEqualTo(69);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines())
        .singleElement()
        .asString()
        .contains("JDK 25", "LEAT_JAVA_HOME");
  }
}
