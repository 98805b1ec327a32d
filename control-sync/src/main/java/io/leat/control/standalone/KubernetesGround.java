package io.leat.control.standalone;

import io.leat.control.ControlLoop;
import io.leat.control.Families;
import io.leat.control.kubernetes.ApiUnavailableException;
import io.leat.control.kubernetes.Kubernetes;
import io.leat.control.resource.Resource;
import io.leat.control.runtime.RevisionRuntime;
import io.leat.control.serving.Platform;
import io.leat.control.serving.ServingConfig;
import io.leat.control.store.ResourceStore;
import io.leat.proxy.admin.AdminRoutes;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.telemetry.Telemetry;
import io.leat.proxy.telemetry.Ticker;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A Kubernetes API server; clients talk to it, not to Leat, about resources. */
final class KubernetesGround implements Ground {
  private static final Duration MIRROR = Duration.ofSeconds(30);

  private final Kubernetes kubernetes;

  private KubernetesGround(Kubernetes kubernetes) {
    this.kubernetes = kubernetes;
  }

  /**
   * Connects, and reads everything once.
   *
   * @throws StartFailure when that is not possible
   */
  static KubernetesGround open(Truth.Kubernetes truth, Consumer<String> messages) {
    String identity = host() + "_" + UUID.randomUUID();
    Kubernetes.Settings settings =
        new Kubernetes.Settings(truth.kubeconfig(), truth.namespaces(), identity);
    Draw draw = Draw.xorshift(new SecureRandom().nextLong());
    Kubernetes.Time time = new Kubernetes.Time(InstantSource.system(), Ticker.system(), draw);
    try {
      Kubernetes kubernetes = Kubernetes.open(settings, time, messages);
      try {
        kubernetes.awaitMirror(MIRROR);
      } catch (ApiUnavailableException e) {
        kubernetes.close();
        throw e;
      }
      return new KubernetesGround(kubernetes);
    } catch (ApiUnavailableException e) {
      throw new StartFailure(
          StartFailure.Cause.ENVIRONMENT, String.valueOf(e.getMessage()), List.of());
    }
  }

  /** The name of this machine; in a cluster, that of the pod. */
  static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "leat";
    }
  }

  @Override
  public ResourceStore store() {
    return kubernetes.store();
  }

  @Override
  public RevisionRuntime runtime() {
    return kubernetes.runtime();
  }

  @Override
  public Families families(ServingConfig config) {
    return kubernetes.led(Families.all(config, Platform.KUBERNETES));
  }

  @Override
  public void follow(ControlLoop loop) {
    kubernetes.follow(loop);
  }

  @Override
  public void register(Telemetry telemetry) {
    // Nothing is counted here that the loop does not count.
  }

  @Override
  public void addTo(AdminRoutes routes, UnaryOperator<Resource> shown, ControlLoop loop) {
    // Resources are read and written at the API server.
  }

  @Override
  public void wake(RevisionId revision) {
    kubernetes.wake(revision);
  }

  @Override
  public boolean takesEvents() {
    return kubernetes.holds();
  }

  @Override
  public void leave() {
    kubernetes.close();
  }

  @Override
  public void close() {
    // Nothing is left open.
  }
}
