package io.leat.control.resource;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a user wants, one record per kind.
 *
 * <p>Component names are the field names of the documents; a nullable component is an optional
 * field. The manifest reader, the schemas and the JSON writer are all driven by these records.
 */
public sealed interface Spec
    permits Spec.ServiceSpec,
        Spec.ConfigurationSpec,
        Spec.RouteSpec,
        Spec.DomainMappingSpec,
        Spec.RevisionSpec,
        Spec.EndpointSliceSpec,
        Spec.Document,
        EventingSpec,
        MessagingSpec {

  /** {@code serving.knative.dev/v1 Service}: a Configuration and a Route in one. */
  record ServiceSpec(RevisionTemplate template, @Nullable List<TrafficTarget> traffic)
      implements Spec {
    /** Copies the list. */
    public ServiceSpec {
      traffic = traffic == null ? null : List.copyOf(traffic);
    }
  }

  /** {@code serving.knative.dev/v1 Configuration}: the desired latest revision. */
  record ConfigurationSpec(RevisionTemplate template) implements Spec {}

  /** {@code serving.knative.dev/v1 Route}: how traffic is shared over revisions. */
  record RouteSpec(@Nullable List<TrafficTarget> traffic) implements Spec {
    /** Copies the list. */
    public RouteSpec {
      traffic = traffic == null ? null : List.copyOf(traffic);
    }
  }

  /**
   * {@code serving.knative.dev/v1beta1 DomainMapping}: a host of one's own for a Service or Route;
   * its name is the host.
   */
  record DomainMappingSpec(DomainRef ref, @Nullable DomainTls tls) implements Spec {}

  /** What a DomainMapping leads to, in its own namespace. */
  record DomainRef(
      String kind, String name, @Nullable String apiVersion, @Nullable String namespace) {}

  /** The certificate of a DomainMapping. */
  record DomainTls(String secretName) {}

  /**
   * {@code serving.knative.dev/v1 Revision}: an immutable snapshot of code and configuration.
   *
   * @param containers absent when somebody else runs the endpoints (standalone only)
   */
  record RevisionSpec(
      @Nullable Integer containerConcurrency,
      @Nullable Integer timeoutSeconds,
      @Nullable Integer responseStartTimeoutSeconds,
      @Nullable Integer idleTimeoutSeconds,
      @Nullable List<Container> containers)
      implements Spec {
    /** Copies the list. */
    public RevisionSpec {
      containers = containers == null ? null : List.copyOf(containers);
    }

    /** The same with other containers. */
    public RevisionSpec withContainers(@Nullable List<Container> others) {
      return new RevisionSpec(
          containerConcurrency,
          timeoutSeconds,
          responseStartTimeoutSeconds,
          idleTimeoutSeconds,
          others);
    }
  }

  /** {@code discovery.k8s.io/v1 EndpointSlice}; its fields stand beside metadata, not in a spec. */
  record EndpointSliceSpec(
      String addressType, @Nullable List<SliceEndpoint> endpoints, @Nullable List<SlicePort> ports)
      implements Spec {
    /** Copies the lists. */
    public EndpointSliceSpec {
      endpoints = endpoints == null ? null : List.copyOf(endpoints);
      ports = ports == null ? null : List.copyOf(ports);
    }
  }

  /**
   * A resource that Leat keeps for others and does not interpret, such as a ConfigMap: the fields
   * that stand beside apiVersion, kind and metadata.
   *
   * @param json a JSON object on one line, its keys sorted on every level, so that equal documents
   *     are equal texts
   */
  record Document(String json) implements Spec {
    /** A document without fields. */
    public static final Document EMPTY = new Document("{}");
  }

  /** What a Configuration stamps revisions from. */
  record RevisionTemplate(@Nullable TemplateMetadata metadata, RevisionSpec spec) {}

  /** Metadata of a template. */
  record TemplateMetadata(
      @Nullable String name,
      @Nullable Map<String, String> labels,
      @Nullable Map<String, String> annotations) {
    /** Copies the maps. */
    public TemplateMetadata {
      labels = labels == null ? null : Collections.unmodifiableMap(new TreeMap<>(labels));
      annotations =
          annotations == null ? null : Collections.unmodifiableMap(new TreeMap<>(annotations));
    }
  }

  /** One share of a Route. */
  record TrafficTarget(
      @Nullable String revisionName,
      @Nullable String configurationName,
      @Nullable Boolean latestRevision,
      @Nullable Long percent,
      @Nullable String tag,
      @Nullable String url) {

    /** The first label of the host of a Route, or of one of its tags. */
    public static String hostLabel(String route, @Nullable String tag) {
      return tag == null || tag.isEmpty() ? route : tag + "-" + route;
    }
  }

  /** A program of a revision. */
  record Container(
      @Nullable String name,
      @Nullable String image,
      @Nullable List<String> command,
      @Nullable List<String> args,
      @Nullable List<EnvVar> env,
      @Nullable String workingDir,
      @Nullable List<ContainerPort> ports,
      @Nullable ContainerProbe readinessProbe) {
    /** Copies the lists. */
    public Container {
      command = command == null ? null : List.copyOf(command);
      args = args == null ? null : List.copyOf(args);
      env = env == null ? null : List.copyOf(env);
      ports = ports == null ? null : List.copyOf(ports);
    }

    /** The same in another directory. */
    public Container withWorkingDir(String directory) {
      return new Container(name, image, command, args, env, directory, ports, readinessProbe);
    }
  }

  /** One environment variable. */
  record EnvVar(String name, @Nullable String value) {}

  /** A port of a container; its name says what is spoken there: {@code http1} or {@code h2c}. */
  record ContainerPort(
      @Nullable String name, @Nullable Integer containerPort, @Nullable String protocol) {}

  /** When a container counts as ready; exactly one of the first three. */
  record ContainerProbe(
      @Nullable HttpGet httpGet,
      @Nullable TcpSocket tcpSocket,
      @Nullable Exec exec,
      @Nullable Integer initialDelaySeconds,
      @Nullable Integer periodSeconds,
      @Nullable Integer timeoutSeconds,
      @Nullable Integer successThreshold,
      @Nullable Integer failureThreshold) {}

  /** Ready when GET answers 200 to 399. */
  record HttpGet(
      @Nullable String path,
      @Nullable Integer port,
      @Nullable String scheme,
      @Nullable List<HttpHeader> httpHeaders) {
    /** Copies the list. */
    public HttpGet {
      httpHeaders = httpHeaders == null ? null : List.copyOf(httpHeaders);
    }
  }

  /** A header of a probe. */
  record HttpHeader(String name, String value) {}

  /** Ready when the port accepts a connection. */
  record TcpSocket(@Nullable Integer port) {}

  /** Ready when the command exits 0. */
  record Exec(List<String> command) {
    /** Copies the list. */
    public Exec {
      command = List.copyOf(command);
    }
  }

  /** Addresses of an EndpointSlice. */
  record SliceEndpoint(List<String> addresses, @Nullable SliceConditions conditions) {
    /** Copies the list. */
    public SliceEndpoint {
      addresses = List.copyOf(addresses);
    }
  }

  /** Conditions of an EndpointSlice's endpoint; absent means ready. */
  record SliceConditions(
      @Nullable Boolean ready, @Nullable Boolean serving, @Nullable Boolean terminating) {}

  /** A port of an EndpointSlice. */
  record SlicePort(@Nullable String name, @Nullable Integer port, @Nullable String protocol) {}
}
