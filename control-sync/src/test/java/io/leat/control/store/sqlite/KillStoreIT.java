package io.leat.control.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.Families;
import io.leat.control.World;
import io.leat.control.compile.TableCompiler;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.ResourceKey;
import io.leat.control.store.ChangeEvent;
import io.leat.control.store.StoreEngine;
import io.leat.control.store.WatchOutcome;
import io.leat.control.store.jobs.Job;
import io.leat.control.store.jobs.RetryRules;
import io.leat.control.store.overlay.OverlayStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every write that was acknowledged is there after kill -9, at whatever moment it comes; jobs go on
 * at their step, and the table is that of a fresh compilation. Rounds: {@code -Dleat.kill.rounds},
 * 20 by default.
 */
final class KillStoreIT {
  private static final int ROUNDS = Integer.getInteger("leat.kill.rounds", 20);
  private static final int MOST_WRITES = 400;

  @TempDir Path folder;

  /** What the program said: the newest write of each route, and the newest step of each job. */
  private record Heard(Map<String, Said> said, Map<Long, Integer> steps) {
    void line(String[] words) {
      if (words[0].startsWith("job/")) {
        steps.merge(Long.parseLong(words[0].substring(4)), Integer.parseInt(words[1]), Math::max);
      } else {
        said.put(words[0], new Said(Long.parseLong(words[1]), words[2].equals("deleted")));
      }
    }
  }

  /** The newest write of a route that the program said. */
  private record Said(long version, boolean deleted) {}

  @Test
  void acknowledgedWritesSurviveKill() throws Exception {
    long seed = Long.getLong("leat.kill.seed", System.nanoTime());
    System.out.println("KillStoreIT seed " + seed);
    Random random = new Random(seed);
    Path file = folder.resolve("leat.db");
    Map<String, Said> said = new HashMap<>();
    Map<Long, Integer> steps = new HashMap<>();
    long acknowledged = 0;
    for (int round = 0; round < ROUNDS; round++) {
      // Zero writes kills while the file is opened or recovered.
      acknowledged += runAndKill(file, random, new Heard(said, steps));
      check(file, new Heard(said, steps), "seed " + seed + " round " + round);
    }
    System.out.println("KillStoreIT " + ROUNDS + " kills, " + acknowledged + " acknowledged");
    assertThat(acknowledged).isPositive();
  }

  private static long runAndKill(Path file, Random random, Heard heard)
      throws IOException, InterruptedException {
    int writes = random.nextInt(MOST_WRITES);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                // Who is killed cannot delete what the driver unpacked.
                "-Dorg.sqlite.tmpdir=" + file.toAbsolutePath().getParent(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriter.class.getName(),
                file.toString(),
                Long.toString(random.nextLong()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long lines = 0;
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      // Through the handle, because the process itself would close its output before it was read.
      ProcessHandle handle = process.toHandle();
      if (writes == 0) {
        handle.destroyForcibly();
      }
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (!line.endsWith(" .")) {
          continue;
        }
        String[] words = line.split(" ", -1);
        heard.line(words);
        if (++lines == writes) {
          handle.destroyForcibly();
        }
      }
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("ended by SIGKILL alone").isEqualTo(137);
    return lines;
  }

  private static void check(Path file, Heard heard, String what) {
    StoreEngine.Settings settings =
        new StoreEngine.Settings(InstantSource.system(), () -> UUID.randomUUID().toString(), 500);
    try (SqliteStore store = SqliteStore.open(file, settings, RetryRules.standard(() -> 1))) {
      heard
          .said()
          .forEach((name, newest) -> {
            @Nullable Resource stored =
                store
                    .read(view -> view.get(new ResourceKey(Kind.ROUTE, "default", name)))
                    .orElse(null);
            long version = stored == null ? 0 : stored.metadata().resourceVersion();
            // One write per thread may be durable that nobody was told of.
            if (newest.deleted()) {
              assertThat(stored == null || version > newest.version())
                  .as(what + " " + name)
                  .isTrue();
            } else if (stored != null) {
              assertThat(version).as(what + " " + name).isGreaterThanOrEqualTo(newest.version());
            } else {
              assertThat(deletedAfter(store, name, newest.version()))
                  .as(what + " " + name)
                  .isTrue();
            }
          });
      List<Resource> all = store.read(view -> view.list(Kind.ROUTE));
      all.forEach(route ->
          assertThat(store.history(route.key()).getLast().generation())
              .as(what)
              .isEqualTo(route.metadata().generation()));
      long highest = all.stream().mapToLong(r -> r.metadata().resourceVersion()).max().orElse(0);
      assertThat(store.version()).as(what).isGreaterThanOrEqualTo(highest);
      checkJobs(store, heard.steps(), what);
      checkTable(store, what);
    }
  }

  /** A job goes on where it was acknowledged to be, or at most one step further. */
  private static void checkJobs(SqliteStore store, Map<Long, Integer> steps, String what) {
    steps.forEach((id, step) -> {
      @Nullable Job job = store.jobs().find(id).orElse(null);
      if (job == null) {
        // Finished jobs are forgotten after a while, others never.
        assertThat(step).as(what + " job " + id).isGreaterThanOrEqualTo(KilledWriter.LAST_STEP);
      } else if (step > KilledWriter.LAST_STEP) {
        assertThat(job.state()).as(what + " job " + id).isEqualTo(Job.State.DONE);
      } else if (!job.isFinished()) {
        assertThat(Integer.parseInt(job.step())).as(what + " job " + id).isBetween(step, step + 1);
      }
    });
  }

  /** A control plane over what was found comes to the table that a fresh compilation gives. */
  private static void checkTable(SqliteStore store, String what) {
    Families families = Families.serving(World.CONFIG);
    World world = new World(OverlayStore.over(store, InstantSource.system()), families);
    world.settle();
    TableCompiler fresh = new TableCompiler(families.contributors(), families.revisions());
    for (Kind kind : Kind.values()) {
      world.resources(kind).forEach(fresh::mark);
    }
    world.read(fresh::compile);
    assertThat(world.tableHash()).as(what).isEqualTo(fresh.hash());
  }

  private static boolean deletedAfter(SqliteStore store, String name, long version) {
    List<ChangeEvent> events = new ArrayList<>();
    if (!(store.watchFrom(version, events::add) instanceof WatchOutcome.Started)) {
      return false;
    }
    return events.stream()
        .anyMatch(event ->
            event.type() == ChangeEvent.Type.DELETED
                && event.resource().metadata().name().equals(name));
  }
}
