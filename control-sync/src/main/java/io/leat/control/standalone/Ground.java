package io.leat.control.standalone;

import io.leat.control.ControlLoop;
import io.leat.control.Families;
import io.leat.control.resource.Resource;
import io.leat.control.runtime.RevisionRuntime;
import io.leat.control.serving.ServingConfig;
import io.leat.control.store.ResourceStore;
import io.leat.proxy.admin.AdminRoutes;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.telemetry.Telemetry;
import java.util.function.UnaryOperator;

/**
 * What a control loop stands on: where resources are kept and instances run, and what belongs to
 * that beside the loop. One implementation per {@link Truth}.
 */
interface Ground extends AutoCloseable {

  /** Where resources are kept. */
  ResourceStore store();

  /** What runs instances. */
  RevisionRuntime runtime();

  /** What is reconciled and compiled here. */
  Families families(ServingConfig config);

  /** Begins what goes on beside the loop. */
  void follow(ControlLoop loop);

  /**
   * Adds what the admin port serves of it.
   *
   * @param shown adds to a resource what is known of it beside the store
   * @param loop shows what a change would lead to
   */
  void addTo(AdminRoutes routes, UnaryOperator<Resource> shown, ControlLoop loop);

  /** Registers metrics of its own; once. */
  void register(Telemetry telemetry);

  /** Requests wait for a revision without instances; any thread. */
  void wake(RevisionId revision);

  /** Whether events from outside are taken into logs that only this process has; any thread. */
  boolean takesEvents();

  /** Ends what goes on beside the loop. */
  void leave();

  /** Ends everything; nobody writes any more. */
  @Override
  void close();
}
