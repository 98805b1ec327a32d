package io.leat.control.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.leat.control.store.ResourceStore;
import io.leat.control.store.ResourceStoreContract;
import io.leat.control.store.jobs.JobStore;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract, kept over a real kube-apiserver with etcd. Runs where {@code KUBEBUILDER_ASSETS}
 * names the programs.
 */
@EnabledIfEnvironmentVariable(
    named = "KUBEBUILDER_ASSETS",
    matches = ".+",
    disabledReason = "real API server: skipped, set KUBEBUILDER_ASSETS")
final class StoreOverRealApiServerIT extends ResourceStoreContract {
  private static final String NO_COLLECTOR =
      "the garbage collector of Kubernetes is no part of its API server";
  private static final String NO_HISTORY = "an API server keeps no history for us";

  @TempDir static Path dir;
  private static @Nullable RealApiServer server;
  private @Nullable MirroredServer mirrored;

  @BeforeAll
  static void start() throws Exception {
    server = new RealApiServer(dir.resolve("server"));
    server.define(Path.of("../deploy/crds").toAbsolutePath().normalize());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static ApiClient client() {
    return ApiClient.connect(Objects.requireNonNull(server).dir().resolve("kubeconfig"));
  }

  @Override
  protected ResourceStore open() {
    mirrored = new MirroredServer(client(), now::get, RETAINED);
    return mirrored.store;
  }

  @AfterEach
  void close() {
    if (mirrored != null) {
      mirrored.close();
    }
    try (ApiClient api = client()) {
      MirroredServer.empty(api);
    }
  }

  @Override
  protected JobStore jobs() {
    throw new UnsupportedOperationException("an API server keeps no jobs");
  }

  @Override
  protected void settle() {
    Objects.requireNonNull(mirrored).settle();
  }

  @Override
  protected int economy() {
    return 10;
  }

  @Override
  protected boolean collects() {
    return false;
  }

  @Override
  protected boolean numbersItsResources() {
    return false;
  }

  @Override
  protected void isNow(@Nullable Instant time) {
    assertThat(time).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
  }

  @Override
  protected Map<String, String> impossible() {
    return Map.of(
        "deletingAnOwnerDeletesWhatItControls", NO_COLLECTOR,
        "aDeletedOwnerWaitsForNobodyInTheBackground", NO_COLLECTOR,
        "orphansStay", NO_COLLECTOR,
        "inTheForegroundOwnersGoLast", NO_COLLECTOR,
        "inTheForegroundAnOwnerWaitsForAHeldChild", NO_COLLECTOR,
        "aLongChainOfOwnersIsDeleted", NO_COLLECTOR,
        "historyTellsWhoChangedSpecOrOwners", NO_HISTORY,
        "historyIsBounded", NO_HISTORY,
        "jobsAreEnqueuedWithTheWriteThatChangesSomething", "an API server keeps no jobs");
  }
}
