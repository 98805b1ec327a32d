package io.leat.control.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** What commands say before they reach a server. */
final class CommandLineTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path dir;

  private int run(String... arguments) {
    out.reset();
    err.reset();
    return Leat.execute(out, err, arguments);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void everyCommandIsFoundByItsName() {
    assertThat(Subcommands.NAMES)
        .allSatisfy(name -> {
          CommandLine command = new CommandLine(Subcommands.named(name));
          assertThat(command.getCommandName()).isEqualTo(name);
        });
    assertThat(run("--help")).isZero();
    String help = out();
    assertThat(Subcommands.NAMES)
        .filteredOn(name -> !name.equals("train"))
        .allSatisfy(name -> assertThat(help).containsPattern("(?m)^  " + name + " "));
    assertThat(run("get", "--help")).isZero();
    assertThat(out()).startsWith("Usage: leat get ");
    assertThat(run("rollbak")).isEqualTo(2);
    assertThat(err()).contains("leat rollback");
  }

  @Test
  void wrongUseEndsWithTwo() {
    assertThat(run()).isEqualTo(2);
    assertThat(run("apply")).isEqualTo(2);
    assertThat(err()).contains("name files or folders by -f");
    assertThat(run("delete", "route", "--server", "http://127.0.0.1:1")).isEqualTo(2);
    assertThat(run("config")).isEqualTo(2);
    assertThat(run("history")).isEqualTo(2);
    assertThat(run("action", "firehose", "orders")).isEqualTo(2);
    assertThat(run("logs", "route/shop", "--server", "http://127.0.0.1:1")).isEqualTo(2);
    assertThat(err()).contains("name a revision, or service/NAME (got \"route/shop\")");
    assertThat(run("logs", "shop", "--tail", "-1")).isEqualTo(2);
    assertThat(run("tap", "--count", "0")).isEqualTo(2);
    assertThat(run("top", "--interval", "10ms")).isEqualTo(2);
    assertThat(run("top", "--sort", "colour")).isEqualTo(2);
    assertThat(run("completion", "tcsh")).isEqualTo(2);
    assertThat(run("get", "routes", "--server", "no address")).isEqualTo(2);
    assertThat(err()).contains("is no address of a server");
    assertThat(out()).isEmpty();
  }

  @Test
  void nobodyAnswersEndsWithSeven() throws Exception {
    Path route = dir.resolve("route.yaml");
    Files.writeString(
        route,
        """
        apiVersion: serving.knative.dev/v1
        kind: Route
        metadata: {name: shop}
        spec: {traffic: [{revisionName: a, percent: 100}]}
        """);
    for (String[] command :
        new String[][] {
          {"get", "routes"},
          {"describe", "route", "shop"},
          {"history", "shop"},
          {"delete", "route", "shop"},
          {"plan", "-f", route.toString()},
          {"apply", "-f", route.toString()},
          {"apply", "--dry-run", "-f", route.toString()},
          {"action", "firehose", "orders", "stop"},
          {"logs", "shop-00001"},
          {"tap", "--status", "5xx"},
          {"top", "--once"},
        }) {
      String[] all = Arrays.copyOf(command, command.length + 2);
      all[command.length] = "--server";
      all[command.length + 1] = "http://127.0.0.1:1";
      assertThat(run(all)).as(String.join(" ", command)).isEqualTo(7);
      assertThat(err()).contains("cannot reach the server at http://127.0.0.1:1");
      assertThat(out()).isEmpty();
    }
  }

  @Test
  void manifestsAreJudgedBeforeAnythingIsSent() throws Exception {
    Path empty = Files.createDirectory(dir.resolve("empty"));
    assertThat(run("apply", "-f", empty.toString(), "--server", "http://127.0.0.1:1")).isEqualTo(5);
    assertThat(err()).contains("no resources found in " + empty);
    Path odd = dir.resolve("odd.yaml");
    Files.writeString(odd, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: A_B}\n");
    assertThat(run("plan", "-f", odd.toString(), "--server", "http://127.0.0.1:1")).isEqualTo(5);
    assertThat(err()).contains(odd + ":3:", "metadata.name", "nothing was sent");
  }

  @Test
  void everySettingIsExplained() {
    assertThat(run("config", "explain", "hold.max-age")).isZero();
    assertThat(out()).startsWith("hold.max-age\n").contains("LEAT_HOLD_MAX_AGE", "2m");
    assertThat(run("config", "explain", "nothing.like-it-at-all")).isEqualTo(3);
    assertThat(err()).contains("sections: ");
  }

  @Test
  void everyCommandIsCompleted() {
    assertThat(run("completion", "fish")).isZero();
    for (String command :
        new String[] {"apply", "plan", "describe", "history", "check", "tap", "top"}) {
      assertThat(out()).contains("-n __fish_use_subcommand -a " + command + " -d '");
    }
    assertThat(out()).doesNotContain("train").contains("-s f -l filename -rF");
  }

  @Test
  void durationsHaveUnits() {
    DurationConverter converter = new DurationConverter();
    assertThat(converter.convert("500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(converter.convert("30")).isEqualTo(Duration.ofSeconds(30));
    assertThat(converter.convert("5m")).isEqualTo(Duration.ofMinutes(5));
    assertThat(converter.convert("1h")).isEqualTo(Duration.ofHours(1));
    assertThatThrownBy(() -> converter.convert("soon")).isInstanceOf(TypeConversionException.class);
  }
}
