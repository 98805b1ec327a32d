package io.leat.control.store;

/** Labels and annotations whose meaning is shared by stores, reconcilers and compilers. */
public final class Labels {
  /**
   * On an EndpointSlice: the revision that it serves; on a core Service, whose slices inherit it,
   * and on its Deployment, too.
   */
  public static final String REVISION = "serving.knative.dev/revision";

  /** On a Revision: the Configuration that stamped it. */
  public static final String CONFIGURATION = "serving.knative.dev/configuration";

  /** On a Revision: the generation of the Configuration that it was stamped from. */
  public static final String CONFIGURATION_GENERATION =
      "serving.knative.dev/configurationGeneration";

  /** On a Configuration, Route or Revision: the Service that it belongs to. */
  public static final String SERVICE = "serving.knative.dev/service";

  /**
   * On a Revision: {@code active} while a Route names it, {@code pending} while the newest one was
   * not ready yet, else {@code reserve}.
   */
  public static final String ROUTING_STATE = "serving.knative.dev/routingState";

  /** Annotation on a Revision: when {@link #ROUTING_STATE} changed last. */
  public static final String ROUTING_STATE_MODIFIED = "serving.knative.dev/routingStateModified";

  /** Annotation on a Revision: names of the first 32 Routes that name it, separated by commas. */
  public static final String ROUTES = "serving.knative.dev/routes";

  /** Annotation on a Revision: {@code true} keeps it from being collected. */
  public static final String NO_GC = "serving.knative.dev/no-gc";

  /** Annotation on a Service or Route: how long a change of its latest revision takes. */
  public static final String ROLLOUT_DURATION = "serving.knative.dev/rollout-duration";

  /** Annotation on a Service or Route: a rollout in steps that somebody asked for. */
  public static final String ROLLOUT = "leat.dev/rollout";

  /** On a Service or Route: {@code cluster-local} hides it from external listeners. */
  public static final String VISIBILITY = "networking.knative.dev/visibility";

  /** Annotation on a Service or Route: {@code Enabled} or {@code Redirected}. */
  public static final String HTTP_PROTOCOL = "networking.knative.dev/http-protocol";

  /** Annotation on a Provisioner: names of its EventTypes, separated by commas. */
  public static final String EVENT_TYPES = "eventing.knative.dev/event-types";

  /** Annotation on a Provisioner: the built-in one that does its work. */
  public static final String BACK_END = "eventing.knative.dev/back-end";

  /** Annotation that tells resources read from files from those that the API made. */
  public static final String SOURCE = "leat.dev/source";

  private Labels() {}
}
