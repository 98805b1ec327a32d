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

  /** On a Revision: {@code active} while a Route names it, else {@code reserve}. */
  public static final String ROUTING_STATE = "serving.knative.dev/routingState";

  /** On a Service or Route: {@code cluster-local} hides it from external listeners. */
  public static final String VISIBILITY = "networking.knative.dev/visibility";

  /** Annotation on a Service or Route: {@code Enabled} or {@code Redirected}. */
  public static final String HTTP_PROTOCOL = "networking.knative.dev/http-protocol";

  /** Annotation that tells resources read from files from those that the API made. */
  public static final String SOURCE = "leat.dev/source";

  private Labels() {}
}
