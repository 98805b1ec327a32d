package io.leat.proxy.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.telemetry.RenderedDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/internals/channel-rows.md} names tests that are there, by the names they show. */
final class ChannelRowsDocumentTest {
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+(?:Test|IT))\\.(\\w+)`");
  private static final Pattern NAMED =
      Pattern.compile("(?m)^\\| `[^`]+` \\| ([^|`]+) \\| `(\\w+)\\.(\\w+)` \\|$");

  private static String document() throws IOException {
    return Files.readString(RenderedDocument.root().resolve("docs/internals/channel-rows.md"));
  }

  /** Sources of all test classes by their simple names. */
  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String module : List.of("proxy", "control-sync")) {
      Path tests = RenderedDocument.root().resolve(module).resolve("src/test/java");
      try (Stream<Path> files = Files.walk(tests)) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          String name = file.getFileName().toString();
          sources.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
        }
      }
    }
    return sources;
  }

  @Test
  void everyTestThatItNamesIsThere() throws IOException {
    Map<String, String> sources = sources();
    List<MatchResult> named = TEST.matcher(document()).results().toList();
    assertThat(named).hasSizeGreaterThan(100);
    for (MatchResult each : named) {
      assertThat(sources.getOrDefault(each.group(1), ""))
          .as(each.group())
          .containsPattern("(?m)^  void " + each.group(2) + "\\(");
    }
  }

  @Test
  void everyNameOfUpstreamIsShown() throws IOException {
    Map<String, String> sources = sources();
    List<MatchResult> rows = NAMED.matcher(document()).results().toList();
    assertThat(rows)
        .as(
            "13 of TestSendEvent, 9 and 10 of receivers and fan-out, 1 of retries in a matrix, 7 of"
                + " 2018, 2 of retries_test.go")
        .hasSize(13 + 9 + 10 + 1 + 7 + 2);
    for (MatchResult each : rows) {
      String source = sources.getOrDefault(each.group(2), "").replaceAll("\"\\s*\\+\\s*\"", "");
      assertThat(source).as(each.group()).contains("\"" + each.group(1) + "\"");
    }
  }
}
