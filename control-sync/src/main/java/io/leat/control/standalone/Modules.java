package io.leat.control.standalone;

import io.leat.control.api.entropy.EntropyPorts;
import io.leat.control.api.entropy.TablePreview;
import io.leat.control.api.logs.InstanceLogs;
import io.leat.control.jobs.JobCounters;
import io.leat.control.jobs.JobPolicy;
import io.leat.control.jobs.JobRunner;
import io.leat.control.module.EnabledModules;
import io.leat.control.module.LogBook;
import io.leat.control.module.Module;
import io.leat.control.module.ModuleService;
import io.leat.control.module.ModuleStore;
import io.leat.control.module.ModuleSync;
import io.leat.control.module.SyncScope;
import io.leat.control.module.firehose.FirehoseModule;
import io.leat.control.module.process.ProcessModule;
import io.leat.control.module.process.ProcessRuntime;
import io.leat.control.plan.Rehearsal;
import io.leat.control.runtime.LocalProcessSettings;
import io.leat.control.runtime.LocalProcesses;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.sqlite.SqliteStore;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import io.leat.proxy.config.LeatConfig;
import io.leat.proxy.fanout.ChannelEngine;
import io.leat.proxy.telemetry.Metric;
import io.leat.proxy.telemetry.Telemetry;
import io.leat.proxy.telemetry.Ticker;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;

/** The resources of modules in a standalone Leat: their store, their workers, and the modules. */
final class Modules implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final SqliteStore store;
  private final FirehoseModule firehoses;
  private final ProcessRuntime processes;
  private final EnabledModules enabled;
  private final ModuleSync sync;
  private final ModuleService service;
  private final LogBook logs;
  private final JobRunner runner;
  private final ResourceStore.Watch watch;

  /** How processes and jobs are run. */
  record Settings(LocalProcessSettings processes, LeatConfig.Jobs jobs) {}

  /**
   * Modules over a store.
   *
   * @param channels the Channels of this process, while there are any
   */
  Modules(
      SqliteStore store,
      Path stateDir,
      Settings settings,
      Supplier<Optional<ChannelEngine>> channels) {
    LeatConfig.Jobs config = settings.jobs();
    this.store = store;
    InstantSource clock = InstantSource.system();
    Path folder = stateDir.resolve("modules");
    this.logs = new LogBook(clock);
    this.firehoses = new FirehoseModule(folder.resolve("firehose"), clock, logs, channels);
    this.processes =
        new ProcessRuntime(
            () -> new LocalProcesses(folder, settings.processes(), clock, Ticker.system(), _ -> {}),
            () ->
                Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("leat-module-logs").factory()),
            logs);
    Path here = Path.of("").toAbsolutePath();
    Map<String, Module> modules =
        Map.of(
            FirehoseModule.KIND,
            firehoses,
            ProcessModule.KIND,
            new ProcessModule(processes, clock, here));
    this.enabled = new EnabledModules(store, modules, clock);
    ModuleStore resources = new ModuleStore(store);
    this.sync = new ModuleSync(resources, enabled, store.jobs(), logs, clock);
    SecureRandom random = new SecureRandom();
    String name = "leat-" + ProcessHandle.current().pid() + "-" + random.nextInt(Short.MAX_VALUE);
    this.runner =
        new JobRunner(
            store.jobs(),
            sync.handlers(),
            new JobRunner.Settings(
                name, config.workers(), SyncScope.ALL, policy(config), clock, random::nextDouble));
    this.service = new ModuleService(resources, enabled, clock, runner::wake);
    this.watch = sync.watch(store, service, task -> Thread.ofVirtual().start(task));
  }

  private static JobPolicy policy(LeatConfig.Jobs config) {
    JobPolicy defaults = JobPolicy.DEFAULT;
    Duration most = defaults.most();
    return new JobPolicy(
        config.lease(),
        config.lease().multipliedBy(3).dividedBy(5),
        defaults.poll(),
        defaults.limit(),
        config.backoff(),
        config.backoff().compareTo(most) > 0 ? config.backoff() : most,
        config.maxAttempts());
  }

  /** What the API works with. */
  EntropyPorts ports(
      Function<AdminRequest, AdminResponse> kubernetes,
      Rehearsal rehearsal,
      InstanceLogs instances,
      String version) {
    TablePreview table = new TablePreview(rehearsal);
    return new EntropyPorts(service, enabled, logs, instances, store, kubernetes, table, version);
  }

  void register(Telemetry telemetry) {
    JobCounters counters = runner.counters();
    telemetry.rows(
        Metric.JOBS,
        sink -> {
          for (String kind : counters.kinds()) {
            for (JobCounters.Outcome outcome : JobCounters.Outcome.values()) {
              String label = outcome.name().toLowerCase(Locale.ROOT);
              sink.row((double) counters.total(kind, outcome), kind, label);
            }
          }
        });
    telemetry.rows(
        Metric.JOBS_OPEN,
        sink -> {
          for (String kind : counters.kinds()) {
            sink.row(store.jobs().open(kind), kind);
          }
        });
  }

  /** Goes on with what an earlier process left behind. */
  void start() {
    sync.resume();
    runner.start();
  }

  @Override
  public void close() {
    watch.close();
    runner.close(GRACE);
    firehoses.close();
    processes.close();
  }
}
