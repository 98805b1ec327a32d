package io.leat.control.runtime.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFilesTest {

  private static final ProcessIdentity DEAD = new ProcessIdentity(1, "another-boot:1");

  @TempDir Path dir;
  private Process stray;
  private final List<Long> groupsKilled = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    stray = new ProcessBuilder("sleep", "600").start();
  }

  @AfterEach
  void stop() {
    stray.destroyForcibly();
  }

  private void record(String start, ProcessIdentity owner) throws IOException {
    String line = stray.pid() + " " + start + " " + owner.pid() + " " + owner.start() + " life-1";
    Files.writeString(dir.resolve(stray.pid() + "-life-1"), line + "\n");
  }

  private int reap() {
    return new PidFiles(dir, "life-2", self()).reap(groupsKilled::add);
  }

  private static ProcessIdentity self() {
    return Objects.requireNonNull(ProcessIdentity.of(ProcessHandle.current().pid()));
  }

  @Test
  void aStrayOfADeadOwnerIsKilled() throws IOException {
    record(Objects.requireNonNull(ProcessIdentity.of(stray.pid())).start(), DEAD);
    assertThat(reap()).isEqualTo(1);
    await().atMost(60, SECONDS).until(() -> !stray.isAlive());
    assertThat(groupsKilled).containsExactly(stray.pid());
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void aPidThatSomeoneElseHasNowIsLeftAlone() throws IOException {
    record("another-boot:77", DEAD);
    assertThat(reap()).isZero();
    assertThat(groupsKilled).isEmpty();
    assertThat(stray.isAlive()).isTrue();
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void theChildrenOfALeatThatStillRunsAreLeftAlone() throws IOException {
    record(Objects.requireNonNull(ProcessIdentity.of(stray.pid())).start(), self());
    assertThat(reap()).isZero();
    assertThat(stray.isAlive()).isTrue();
    assertThat(dir).isNotEmptyDirectory();
  }

  @Test
  void whatIsNotARecordIsRemoved() throws IOException {
    Files.writeString(dir.resolve("1-x"), "1 2");
    Files.writeString(dir.resolve("2-x"), "a b c d e");
    assertThat(reap()).isZero();
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void anIdentityEndsWithItsProcess() {
    ProcessIdentity identity = Objects.requireNonNull(ProcessIdentity.of(stray.pid()));
    assertThat(identity.alive()).isTrue();
    assertThat(identity).isEqualTo(ProcessIdentity.of(stray.pid()));
    assertThat(identity.start()).doesNotContain(" ");
    stray.destroyForcibly();
    await().atMost(60, SECONDS).until(() -> !identity.alive());
  }
}
