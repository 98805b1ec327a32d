package io.leat.control.standalone;

import io.leat.control.ControlLoop;
import io.leat.control.Families;
import io.leat.control.api.BackupApi;
import io.leat.control.api.entropy.EntropyApi;
import io.leat.control.api.events.EventRecorder;
import io.leat.control.api.inspect.InspectApi;
import io.leat.control.api.kube.KubeApi;
import io.leat.control.api.kube.KubePorts;
import io.leat.control.api.kube.Namespaces;
import io.leat.control.api.logs.InstanceLogs;
import io.leat.control.api.logs.LogApi;
import io.leat.control.api.plan.PlanApi;
import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Resource;
import io.leat.control.runtime.LocalProcesses;
import io.leat.control.runtime.RevisionRuntime;
import io.leat.control.serving.Platform;
import io.leat.control.serving.ServingConfig;
import io.leat.control.store.ResourceStore;
import io.leat.control.store.sqlite.SqliteStore;
import io.leat.control.store.sqlite.StoreWriteException;
import io.leat.proxy.admin.AdminRoutes;
import io.leat.proxy.admin.VersionInfo;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.telemetry.Telemetry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store in a state directory, local processes, and the API in front of the store. */
final class LocalGround implements Ground {
  private static final Logger LOG = LoggerFactory.getLogger(LocalGround.class);

  /** Five letters and digits make the end of a generated name. */
  private static final int SUFFIX_RADIX = 36;

  private static final int SUFFIX_FLOOR = 36 * 36 * 36 * 36;

  private final Path stateDir;
  private final boolean reconciled;
  private final SqliteStore store;
  private final LocalProcesses runtime;
  private final Modules modules;
  private final Namespaces namespaces;
  private final EventRecorder events;

  /** What it consists of. */
  record Parts(SqliteStore store, LocalProcesses runtime, Modules modules) {}

  /**
   * A ground over what was opened already.
   *
   * @param reconciled whether Leat itself reconciles what the store holds
   * @param executor the control thread
   */
  LocalGround(Path stateDir, boolean reconciled, Parts parts, Executor executor) {
    this.stateDir = stateDir;
    this.reconciled = reconciled;
    this.store = parts.store();
    this.runtime = parts.runtime();
    this.modules = parts.modules();
    this.namespaces = new Namespaces(store, executor);
    this.events = new EventRecorder(store, executor, InstantSource.system());
  }

  @Override
  public ResourceStore store() {
    return store;
  }

  @Override
  public RevisionRuntime runtime() {
    return runtime;
  }

  @Override
  public Families families(ServingConfig config) {
    return reconciled ? Families.all(config, Platform.LOCAL) : Families.NONE;
  }

  @Override
  public void follow(ControlLoop loop) {
    // The API and the recorder follow the store by themselves.
    modules.start();
  }

  @Override
  public void register(Telemetry telemetry) {
    modules.register(telemetry);
  }

  @Override
  public void addTo(AdminRoutes routes, UnaryOperator<Resource> shown, ControlLoop loop) {
    SecureRandom random = new SecureRandom();
    KubePorts api =
        new KubePorts(
            store,
            reconciled ? Validation.standalone() : Validation.cluster(),
            shown,
            InstantSource.system(),
            () -> Integer.toString(SUFFIX_FLOOR + random.nextInt(SUFFIX_FLOOR), SUFFIX_RADIX),
            loop.rehearsal(InstantSource.system()));
    String version = VersionInfo.current().leat();
    KubeApi kubernetes = new KubeApi(api, namespaces, version);
    kubernetes.addTo(routes);
    InstanceLogs logs = new InstanceLogs(store, runtime::logFile);
    new EntropyApi(modules.ports(kubernetes::answer, api.rehearsal(), logs, version)).addTo(routes);
    new LogApi(logs, InstantSource.system()).addTo(routes);
    new PlanApi(kubernetes, api.rehearsal()).addTo(routes);
    new InspectApi(store, store.jobs(), loop::tableEntries).addTo(routes);
    new BackupApi(store::backup, stateDir).addTo(routes);
  }

  @Override
  public void wake(RevisionId revision) {
    // The autoscaler is told, and that is enough.
  }

  @Override
  public boolean takesEvents() {
    return true;
  }

  @Override
  public void leave() {
    modules.close();
    namespaces.close();
    events.close();
  }

  @Override
  public void close() {
    try {
      store.close();
    } catch (StoreWriteException e) {
      LOG.warn("the store stays to be recovered by the next start", e);
    }
  }
}
