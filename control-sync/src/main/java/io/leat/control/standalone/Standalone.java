package io.leat.control.standalone;

import io.leat.activator.hold.ExecutorTimers;
import io.leat.activator.hold.HoldPorts;
import io.leat.activator.hold.RevisionHolds;
import io.leat.activator.scale.Autoscaler;
import io.leat.activator.scale.ScaleClock;
import io.leat.activator.scale.ScaleListener;
import io.leat.activator.scale.ScaleSettings;
import io.leat.control.ControlLoop;
import io.leat.control.api.channels.ChannelApi;
import io.leat.control.eventing.schema.EventPolicies;
import io.leat.control.publish.ProxySink;
import io.leat.control.reconcile.ControlScheduler;
import io.leat.control.reconcile.ScaleConfigurator;
import io.leat.control.runtime.LocalProcessSettings;
import io.leat.control.runtime.LocalProcesses;
import io.leat.control.serving.ServingConfig;
import io.leat.control.serving.lifecycle.RevisionRetention;
import io.leat.control.store.sqlite.SqliteStore;
import io.leat.proxy.Proxy;
import io.leat.proxy.ProxySettings;
import io.leat.proxy.accesslog.AccessFormat;
import io.leat.proxy.accesslog.AccessLog;
import io.leat.proxy.accesslog.AccessLogSettings;
import io.leat.proxy.admin.AdminRoutes;
import io.leat.proxy.admin.AdminServer;
import io.leat.proxy.admin.ObservedTable;
import io.leat.proxy.admin.ProcessRoutes;
import io.leat.proxy.admin.Readiness;
import io.leat.proxy.admin.TableRoutes;
import io.leat.proxy.admin.TapRoutes;
import io.leat.proxy.admin.VersionInfo;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.config.ConfigKey;
import io.leat.proxy.config.ConfigResult;
import io.leat.proxy.config.LeatConfig;
import io.leat.proxy.fanout.ChannelMetrics;
import io.leat.proxy.fanout.event.EventReader;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.routing.LiveSplit;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.server.Transport;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.telemetry.Metric;
import io.leat.proxy.telemetry.MetricRows;
import io.leat.proxy.telemetry.Telemetry;
import io.leat.proxy.telemetry.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proxy, activator and control in one process: the composition root.
 *
 * <p>Built, started and stopped by the main thread or the shutdown hook; {@link #requestStop} may
 * be called by any thread.
 */
final class Standalone {
  private static final Logger LOG = LoggerFactory.getLogger(Standalone.class);
  private static final Duration DRAIN_SLACK = Duration.ofSeconds(5);
  private static final long DELETED_LOOK_SECONDS = 60;

  private final LeatConfig config;
  private final Consumer<String> messages;
  private final Path stateDir;
  private final ScheduledExecutorService controlThread = thread("leat-control");
  private final ScheduledExecutorService scaleThread = thread("leat-scale");
  private final ScheduledExecutorService filesThread = thread("leat-files");
  private final ThreadPoolExecutor schemaThread = idle("leat-schemas");
  private final Telemetry telemetry;
  private final Readiness readiness = new Readiness();
  private final MetricRows rows = new MetricRows();
  private final LiveTable table;
  private final RevisionHolds holds;
  private final Autoscaler autoscaler;
  private final Ground ground;
  private final EventPolicies policies = new EventPolicies(schemaThread);
  private final DeletedChannels deletedChannels;
  private final ChannelPlane channels;
  private final LocalSources sources;
  private final ControlLoop loop;
  private final ManifestSource manifests;
  private final AccessLog accessLog;
  private final Proxy proxy;
  private final AdminServer admin;
  private final Transport transport;
  private final WarmUp warmUp;
  private final int httpPort;
  private final CountDownLatch stopRequested = new CountDownLatch(1);
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);

  Standalone(ConfigResult.Loaded loaded, Truth truth, Consumer<String> messages) {
    this.config = loaded.config();
    this.messages = messages;
    this.stateDir = stateDir(config);
    this.telemetry = new Telemetry(config.telemetry().jvmMetrics());
    Ports ports = new Ports(loaded, messages);
    this.httpPort = ports.settle(ConfigKey.PROXY_HTTP_PORT, config.proxy().bind());
    // Nothing has to know this one before it listens, so no other process can take it meanwhile.
    int adminPort =
        config.admin().port() == 0 ? 0 : ports.settle(ConfigKey.ADMIN_PORT, config.admin().bind());
    this.table = new LiveTable(new SecureRandom().nextLong(), rows, eventLoops());
    CompletableFuture<ControlLoop> futureLoop = new CompletableFuture<>();
    ColdStarts coldStarts = new ColdStarts(telemetry, Ticker.system());
    ExecutorTimers timers = new ExecutorTimers(scaleThread);
    this.transport = transport(config.proxy().transport());
    this.warmUp = new WarmUp(timers, transport);
    warmUp.start();
    this.autoscaler =
        new Autoscaler(
            id -> table.current().revision(id),
            (revision, instances) -> {
              coldStarts.decided(revision, instances);
              var _ = futureLoop.thenAccept(control -> control.scale(revision, instances));
            },
            ScaleListener.NONE,
            new ScaleClock(scaleThread, timers, Ticker.system(), config.scale().tick()));
    this.holds = holds(timers, coldStarts);
    table.onSwap(swap -> holds.revisionsChanged(swap.router()::revision, swap.changed()));
    this.deletedChannels =
        new DeletedChannels(
            stateDir.resolve("channels"),
            DeletedChannels.PATIENCE,
            InstantSource.system(),
            filesThread);
    ChannelLogs logs = ChannelLogs.in(stateDir, truth, deletedChannels);
    this.channels = new ChannelPlane(table, logs, policies, config.channels());
    this.ground = ground(truth, coldStarts, channels);
    channels.takeWhile(ground::takesEvents);
    policies.follow(ground.store());
    deletedChannels.follow(ground.store());
    EventReader events = new EventReader(channels.eventLimits());
    this.sources =
        new LocalSources(stateDir.resolve("sources"), new ChannelSink(table, channels, events));
    this.loop = loop();
    futureLoop.complete(loop);
    this.manifests = manifests(truth instanceof Truth.Local local ? local.paths() : List.of());
    this.accessLog = accessLog(config.accessLog());
    this.proxy = proxy();
    channels.attach(proxy);
    this.admin = admin(adminPort);
    new StandaloneMetrics(telemetry, table, rows).register(proxy, holds, autoscaler, loop);
    new ChannelMetrics(channels::counts).register(telemetry);
    logs.register(telemetry);
    ground.register(telemetry);
    telemetry.value(Metric.ACCESS_LOG_DROPPED, () -> (double) accessLog.dropped());
  }

  private static ScheduledExecutorService thread(String name) {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name(name).factory());
  }

  /** One thread, which is there only while it has something to do. */
  private static ThreadPoolExecutor idle(String name) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name(name).factory());
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  private static Transport transport(String name) {
    Transport chosen = Transport.named(name);
    chosen
        .missing()
        .ifPresent(why -> {
          throw new StartFailure(
              StartFailure.Cause.ENVIRONMENT,
              "proxy.transport: " + why,
              List.of("auto takes one that works"));
        });
    return chosen;
  }

  private static Path stateDir(LeatConfig config) {
    Path dir = Path.of(config.control().stateDir()).toAbsolutePath().normalize();
    try {
      return Files.createDirectories(dir);
    } catch (IOException e) {
      throw new StartFailure(
          StartFailure.Cause.ENVIRONMENT, "cannot write " + dir + ": " + e.getMessage(), List.of());
    }
  }

  private RevisionHolds holds(ExecutorTimers timers, ColdStarts coldStarts) {
    SecureRandom random = new SecureRandom();
    HoldPorts ports =
        new HoldPorts(
            timers,
            Ticker.system(),
            () -> Draw.xorshift(random.nextLong()),
            revision -> {
              coldStarts.woken(revision);
              autoscaler.wake(revision);
              ground.wake(revision);
            },
            coldStarts);
    return new RevisionHolds(config.hold(), RevisionHolds.DEFAULT_PACED_CONCURRENCY, ports);
  }

  private Ground ground(Truth truth, ColdStarts coldStarts, ChannelPlane plane) {
    return switch (truth) {
      case Truth.Local _ -> localGround(true, coldStarts, plane);
      case Truth.ApiOnly _ -> localGround(false, coldStarts, plane);
      case Truth.Kubernetes kubernetes -> KubernetesGround.open(kubernetes, messages);
    };
  }

  private Ground localGround(boolean reconciled, ColdStarts coldStarts, ChannelPlane plane) {
    LocalProcesses runtime = runtime(coldStarts);
    SqliteStore store = LocalStore.open(stateDir, messages);
    Modules modules =
        new Modules(
            store, stateDir, new Modules.Settings(processSettings(), config.jobs()), plane::engine);
    return new LocalGround(
        stateDir, reconciled, new LocalGround.Parts(store, runtime, modules), controlThread);
  }

  private LocalProcesses runtime(ColdStarts coldStarts) {
    return new LocalProcesses(
        stateDir, processSettings(), InstantSource.system(), Ticker.system(), coldStarts::started);
  }

  private LocalProcessSettings processSettings() {
    LocalProcessSettings defaults = LocalProcessSettings.DEFAULT;
    return new LocalProcessSettings(
        defaults.restartBase(),
        defaults.restartMax(),
        defaults.settledAfter(),
        defaults.closeGrace(),
        Math.max(config.logs().maxBytes(), LocalProcessSettings.LEAST_LOG_BYTES),
        config.logs().maxFiles());
  }

  private ControlLoop loop() {
    ObservedTable observed = new ObservedTable(table::apply, readiness, Ticker.system());
    observed.register(telemetry);
    ProxySink sink = new ProxySink("local", table, observed::apply);
    ScaleConfigurator scaler =
        new ScaleConfigurator() {
          @Override
          public void configure(RevisionId revision, ScaleSettings settings) {
            autoscaler.configure(revision, settings);
          }

          @Override
          public void remove(RevisionId revision) {
            autoscaler.remove(revision);
          }
        };
    ControlLoop.Time time =
        new ControlLoop.Time(
            ControlScheduler.of(controlThread),
            Ticker.system(),
            Draw.xorshift(new SecureRandom().nextLong()),
            InstantSource.system());
    return new ControlLoop(
        new ControlLoop.Ports(
            ground.store(),
            ground.runtime(),
            scaler,
            sink,
            time,
            config.proxy().drainTimeout(),
            StandaloneMetrics.traffic(rows),
            new ControlLoop.Eventing(channels, sources)),
        ground.families(serving().withChanges(changes())),
        List.of(sink));
  }

  private ServingConfig serving() {
    return new ServingConfig(
        config.control().domain(),
        "cluster.local",
        httpPort,
        443,
        config.scale().grace(),
        config.control().progressDeadline(),
        config.scale().defaultTarget(),
        config.scale().targetUtilization(),
        Path.of("").toAbsolutePath());
  }

  private ServingConfig.Changes changes() {
    LeatConfig.Revisions kept = config.revisions();
    return new ServingConfig.Changes(
        new RevisionRetention(
            kept.retainSinceCreate(),
            kept.retainSinceLastActive(),
            kept.minNonActive(),
            kept.maxNonActive()),
        config.control().rolloutDuration(),
        config.control().tagHeaders());
  }

  private ManifestSource manifests(List<String> paths) {
    try {
      return new ManifestSource(paths, loop, filesThread, messages);
    } catch (IOException e) {
      throw new StartFailure(
          StartFailure.Cause.ENVIRONMENT, "cannot watch files: " + e.getMessage(), List.of());
    }
  }

  private static AccessLog accessLog(LeatConfig.AccessLog config) {
    AccessFormat format = AccessFormat.valueOf(config.format().toUpperCase(Locale.ROOT));
    try {
      return AccessLog.open(
          new AccessLogSettings(config.path(), format, config.sample(), config.taps()),
          InstantSource.system());
    } catch (IOException e) {
      throw new StartFailure(
          StartFailure.Cause.ENVIRONMENT,
          "cannot write the access log " + config.path() + ": " + e.getMessage(),
          List.of());
    }
  }

  private int eventLoops() {
    int asked = config.proxy().eventLoops();
    int wanted = asked > 0 ? asked : Runtime.getRuntime().availableProcessors();
    return Math.min(wanted, LiveSplit.maxLoops());
  }

  private Proxy proxy() {
    LeatConfig.Proxy settings = config.proxy();
    return new Proxy(
        new ProxySettings(
            settings.bind(),
            httpPort,
            eventLoops(),
            settings.limits(),
            table,
            holds,
            Ticker.system(),
            InstantSource.system(),
            settings.trustedHops(),
            settings.debugHeaders(),
            accessLog,
            config.telemetry().traceSample(),
            transport,
            channels));
  }

  private AdminServer admin(int port) {
    AdminRoutes routes = new AdminRoutes();
    new ProcessRoutes(readiness, telemetry, VersionInfo.current(), this::requestStop).addTo(routes);
    new TableRoutes(table, StandaloneMetrics::view).addTo(routes);
    new TapRoutes(accessLog.taps()).addTo(routes);
    ground.addTo(routes, manifests::shown, loop);
    new ChannelApi(channels::engine, new EventReader(channels.eventLimits())).addTo(routes);
    try {
      return AdminServer.start(new LeatConfig.Admin(config.admin().bind(), port), routes);
    } catch (IOException | IllegalArgumentException e) {
      throw new StartFailure(
          StartFailure.Cause.ENVIRONMENT, String.valueOf(e.getMessage()), List.of());
    }
  }

  /** Applies the manifests, serves, and says so. */
  void start() {
    autoscaler.start();
    manifests.start();
    ground.follow(loop);
    Settling settling = new Settling(ground.store(), loop);
    settling.awaitTable();
    try {
      var _ = proxy.start();
    } catch (UncheckedIOException e) {
      throw new StartFailure(
          StartFailure.Cause.ENVIRONMENT, String.valueOf(e.getMessage()), List.of());
    }
    awaitWarmUp();
    readiness.warmedUp();
    new ClientFiles(stateDir, messages).write(adminUrl());
    settling.awaitRoutes();
    settling.awaitChannels(channels::isCaughtUp);
    channels.settled();
    var _ =
        filesThread.scheduleWithFixedDelay(
            deletedChannels::look, 0, DELETED_LOOK_SECONDS, TimeUnit.SECONDS);
    messages.accept(
        String.format(
            Locale.ROOT,
            "leat ready http=%s:%d https=- admin=%s:%d in %.2fs",
            config.proxy().bind(),
            httpPort,
            config.admin().bind(),
            admin.address().getPort(),
            secondsSinceStart()));
  }

  private void awaitWarmUp() {
    try {
      warmUp.enough();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static double secondsSinceStart() {
    long started = ManagementFactory.getRuntimeMXBean().getStartTime();
    return (InstantSource.system().millis() - started) / 1000.0;
  }

  private String adminUrl() {
    String host = config.admin().bind();
    boolean literal = host.contains(":") && !host.startsWith("[");
    return "http://" + (literal ? "[" + host + "]" : host) + ":" + admin.address().getPort();
  }

  int httpPort() {
    return httpPort;
  }

  int adminPort() {
    return admin.address().getPort();
  }

  /** Asks the main thread to stop. */
  void requestStop() {
    stopRequested.countDown();
  }

  void awaitStopRequest() throws InterruptedException {
    stopRequested.await();
  }

  /** Drains and ends everything; a second caller waits for the first. */
  void stop() {
    if (!stopping.compareAndSet(false, true)) {
      awaitStopped();
      return;
    }
    readiness.drain();
    Duration delay = config.proxy().drainDelay();
    Duration timeout = config.proxy().drainTimeout();
    try {
      manifests.close();
      CompletableFuture<Void> drained = proxy.drain(delay, timeout).toCompletableFuture();
      // What still waits for capacity near the end is answered rather than cut.
      var _ =
          scaleThread.schedule(
              () -> holds.drain(Rejection.DRAINING),
              delay.plus(timeout.multipliedBy(9).dividedBy(10)).toMillis(),
              TimeUnit.MILLISECONDS);
      drained.get(delay.plus(timeout).plus(DRAIN_SLACK).toMillis(), TimeUnit.MILLISECONDS);
    } catch (Exception e) {
      LOG.warn("the drain did not end cleanly", e);
    }
    close();
    stopped.countDown();
  }

  private void awaitStopped() {
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends everything at once; instances are stopped with grace. */
  void close() {
    autoscaler.close();
    ground.leave();
    loop.close();
    sources.close();
    policies.close();
    deletedChannels.close();
    channels.close();
    ground.runtime().close();
    proxy.close();
    accessLog.close();
    admin.close();
    telemetry.close();
    endThreads();
    ground.close();
    new ClientFiles(stateDir, messages).delete();
  }

  /** Nobody may write any more when the store is closed. */
  private void endThreads() {
    List.of(controlThread, scaleThread, filesThread).forEach(ScheduledExecutorService::shutdownNow);
    schemaThread.shutdownNow();
    try {
      if (!controlThread.awaitTermination(DRAIN_SLACK.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("the control thread did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
