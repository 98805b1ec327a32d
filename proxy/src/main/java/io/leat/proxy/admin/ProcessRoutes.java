package io.leat.proxy.admin;

import io.leat.proxy.telemetry.Telemetry;
import java.util.Locale;

/** The routes of the process itself: health, readiness, metrics, version and drain. */
public final class ProcessRoutes {
  private final Readiness readiness;
  private final Telemetry telemetry;
  private final VersionInfo version;
  private final Runnable onDrain;

  /**
   * The routes over the parts of one process.
   *
   * @param onDrain starts the drain; called at most once, after {@link Readiness#drain()}, and must
   *     return at once
   */
  public ProcessRoutes(
      Readiness readiness, Telemetry telemetry, VersionInfo version, Runnable onDrain) {
    this.readiness = readiness;
    this.telemetry = telemetry;
    this.version = version;
    this.onDrain = onDrain;
  }

  /** Adds every route. */
  public void addTo(AdminRoutes routes) {
    routes
        .at("GET", "/healthz", _ -> AdminResponse.text(200, "ok"))
        .at("GET", "/livez", _ -> AdminResponse.text(200, "ok"))
        .at("GET", "/readyz", _ -> ready())
        .at(
            "GET",
            "/metrics",
            _ -> AdminResponse.streamed(Telemetry.CONTENT_TYPE, telemetry::scrape))
        .at("GET", "/version", _ -> AdminResponse.json(200, version.json()))
        .at("POST", "/drain", _ -> drain());
  }

  private AdminResponse ready() {
    Readiness.State state = readiness.state();
    return AdminResponse.text(
        state == Readiness.State.READY ? 200 : 503, state.name().toLowerCase(Locale.ROOT));
  }

  private AdminResponse drain() {
    if (readiness.drain()) {
      onDrain.run();
    }
    return AdminResponse.json(202, "{\"state\":\"draining\"}");
  }
}
