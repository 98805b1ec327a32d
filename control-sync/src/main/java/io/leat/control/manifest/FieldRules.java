package io.leat.control.manifest;

import io.leat.control.resource.Delivery;
import io.leat.control.resource.EventingStatus;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import java.util.Map;
import java.util.Set;

/**
 * Fields that the documents of Knative and Kubernetes define and Leat does not honour.
 *
 * <p>They are legal, and reported with the resource. Fields that only a server writes are skipped.
 */
public final class FieldRules {
  private static final Map<Class<?>, Set<String>> IGNORED =
      Map.ofEntries(
          Map.entry(
              Spec.RevisionSpec.class,
              Set.of(
                  "activeDeadlineSeconds",
                  "affinity",
                  "automountServiceAccountToken",
                  "dnsConfig",
                  "dnsPolicy",
                  "enableServiceLinks",
                  "hostAliases",
                  "hostIPC",
                  "hostNetwork",
                  "hostPID",
                  "hostname",
                  "imagePullSecrets",
                  "initContainers",
                  "nodeSelector",
                  "preemptionPolicy",
                  "priorityClassName",
                  "restartPolicy",
                  "runtimeClassName",
                  "schedulerName",
                  "securityContext",
                  "serviceAccount",
                  "serviceAccountName",
                  "shareProcessNamespace",
                  "subdomain",
                  "terminationGracePeriodSeconds",
                  "tolerations",
                  "topologySpreadConstraints",
                  "volumes")),
          Map.entry(
              Spec.Container.class,
              Set.of(
                  "envFrom",
                  "imagePullPolicy",
                  "lifecycle",
                  "livenessProbe",
                  "resizePolicy",
                  "resources",
                  "restartPolicy",
                  "securityContext",
                  "startupProbe",
                  "stdin",
                  "stdinOnce",
                  "terminationMessagePath",
                  "terminationMessagePolicy",
                  "tty",
                  "volumeDevices",
                  "volumeMounts")),
          Map.entry(Spec.EnvVar.class, Set.of("valueFrom")),
          Map.entry(Spec.ContainerPort.class, Set.of("hostIP", "hostPort")),
          Map.entry(Spec.ContainerProbe.class, Set.of("grpc", "terminationGracePeriodSeconds")),
          Map.entry(Spec.HttpGet.class, Set.of("host")),
          Map.entry(Spec.TcpSocket.class, Set.of("host")),
          Map.entry(
              Spec.TemplateMetadata.class,
              Set.of("creationTimestamp", "finalizers", "generateName", "namespace")),
          Map.entry(
              Spec.SliceEndpoint.class,
              Set.of("deprecatedTopology", "hints", "hostname", "nodeName", "targetRef", "zone")),
          Map.entry(Spec.SlicePort.class, Set.of("appProtocol")),
          Map.entry(Delivery.Destination.class, Set.of("CACerts", "audience")),
          Map.entry(
              Delivery.MessagingSubscriber.class,
              Set.of(
                  "auth",
                  "replyAudience",
                  "replyCACerts",
                  "subscriberAudience",
                  "subscriberCACerts")),
          Map.entry(WrittenMetadata.class, Set.of("deletionGracePeriodSeconds")));

  private static final Map<Class<?>, Set<String>> SKIPPED =
      Map.of(
          WrittenMetadata.class, Set.of("selfLink"),
          WrittenMetadata.Owner.class, Set.of("blockOwnerDeletion"));

  /** Records whose documents other servers extend at will. */
  private static final Set<Class<?>> OPEN =
      Set.of(
          WrittenStatus.class,
          WrittenStatus.WrittenCondition.class,
          Status.Address.class,
          EventingStatus.InternalDomain.class,
          EventingStatus.SubscriberStatus.class,
          EventingStatus.PhysicalSubscription.class,
          EventingStatus.ProvisionedObject.class);

  private FieldRules() {}

  /** Fields that a record's document may have and that are reported as ignored. */
  public static Set<String> ignored(Class<?> record) {
    return IGNORED.getOrDefault(record, Set.of());
  }

  /** Whether a record's document may have a field that is reported as ignored. */
  static boolean isIgnored(Class<?> record, String field) {
    return IGNORED.getOrDefault(record, Set.of()).contains(field);
  }

  /** Whether a record's document may have a field that nobody needs to know of. */
  static boolean isSkipped(Class<?> record, String field) {
    return OPEN.contains(record) || SKIPPED.getOrDefault(record, Set.of()).contains(field);
  }

  /** Whether a value says nothing, so that nothing is lost when it is ignored. */
  static boolean isEmpty(Node value) {
    return switch (value) {
      case Node.Scalar scalar -> scalar.isNull();
      case Node.Mapping mapping -> mapping.entries().isEmpty();
      case Node.Sequence list -> list.items().isEmpty();
    };
  }
}
