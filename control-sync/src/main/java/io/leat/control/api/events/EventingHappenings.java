package io.leat.control.api.events;

import io.leat.control.resource.Condition;
import io.leat.control.resource.Condition.State;
import io.leat.control.resource.EventingSpec.SourceSpec;
import io.leat.control.resource.EventingStatus.ProvisionedObject;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Metadata;
import io.leat.control.resource.ObjectRef;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import io.leat.control.resource.Status;
import io.leat.control.store.ChangeEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a write means to a user of Channels, by the names of the first object model. */
final class EventingHappenings {
  private static final String NORMAL = "Normal";
  private static final String WARNING = "Warning";

  private EventingHappenings() {}

  static void in(ChangeEvent event, List<Happening> found) {
    Resource about = event.resource();
    Resource before = event.before();
    Status was = before == null ? Status.EMPTY : before.status();
    Status is = event.after() == null ? Status.EMPTY : event.after().status();
    switch (about.kind()) {
      case CHANNEL, MESSAGING_CHANNEL, IN_MEMORY_CHANNEL -> {
        provisioned(about, was, is, found);
        if (event.after() == null) {
          String message = "Channel \"" + about.metadata().name() + "\" is gone";
          found.add(new Happening(about, NORMAL, "Deprovisioned", message));
        }
      }
      case SOURCE -> {
        provisioned(about, was, is, found);
        if (before == null || event.after() == null) {
          source(about, before == null ? "created" : "deleted", found);
        }
      }
      case SUBSCRIPTION, MESSAGING_SUBSCRIPTION -> subscription(about, was, is, found);
      case PROVISIONER -> installed(about, was, is, found);
      case EVENT_TYPE -> owners(about, before, event.after(), found);
      default -> {
        // Nobody is told of the rest.
      }
    }
  }

  private static boolean became(Status was, Status is, String type, State state) {
    Condition now = is.condition(type).orElse(null);
    return now != null
        && now.state() == state
        && was.condition(type).map(condition -> condition.state() != state).orElse(true);
  }

  private static void provisioned(Resource about, Status was, Status is, List<Happening> found) {
    if (!became(was, is, "Provisioned", State.TRUE)) {
      return;
    }
    List<String> parts = new ArrayList<>();
    List<ProvisionedObject> rows = is.ofEventing().provisioned();
    if (rows != null) {
      rows.forEach(row -> parts.add(row.status() + " " + row.type() + " \"" + row.name() + "\""));
    }
    if (is.ofEventing().subscriptions() != null) {
      parts.add(
          is.ofEventing().subscriptions().kind()
              + " \""
              + is.ofEventing().subscriptions().name()
              + "\"");
    }
    String message = about.kind().kind() + " \"" + about.metadata().name() + "\" is provisioned";
    found.add(
        new Happening(
            about,
            NORMAL,
            "Provisioned",
            parts.isEmpty() ? message : message + ": " + String.join(", ", parts)));
  }

  /** Told of its Provisioner, whose uid a Source does not know. */
  private static void source(Resource source, String what, List<Happening> found) {
    ObjectRef ref = source.spec() instanceof SourceSpec spec ? spec.provisioner().ref() : null;
    if (ref != null && ref.name() != null) {
      Resource provisioner =
          Resource.of(
              Kind.PROVISIONER,
              Metadata.of(source.metadata().namespace(), ref.name()),
              Spec.Document.EMPTY);
      String message = "Source \"" + source.metadata().name() + "\" " + what;
      String reason = what.equals("created") ? "SourceCreated" : "SourceDeleted";
      found.add(new Happening(provisioner, NORMAL, reason, message));
    }
  }

  private static void subscription(Resource about, Status was, Status is, List<Happening> found) {
    for (String type : List.of("FromReady", "AddedToChannel")) {
      if (became(was, is, type, State.TRUE)) {
        String message = "The data plane delivers by generation " + is.observedGeneration();
        found.add(new Happening(about, NORMAL, "PublisherAcknowledged", message));
      }
    }
    if (became(was, is, "CallActive", State.FALSE)) {
      Condition failed = is.condition("CallActive").orElseThrow();
      String message = failed.reason() + ": an event was given up. " + failed.message();
      found.add(new Happening(about, WARNING, "ActionFailed", message.strip()));
    }
  }

  private static void installed(Resource about, Status was, Status is, List<Happening> found) {
    if (became(was, is, "EventTypesInstalled", State.TRUE)
        && is.ofEventing().provisioned() != null) {
      int count = is.ofEventing().provisioned().size();
      found.add(new Happening(about, NORMAL, "EventTypesInstalled", count + " event types"));
    }
  }

  private static void owners(
      Resource about, @Nullable Resource before, @Nullable Resource after, List<Happening> found) {
    List<Metadata.OwnerReference> had =
        before == null ? List.of() : before.metadata().ownerReferences();
    List<Metadata.OwnerReference> has =
        after == null ? List.of() : after.metadata().ownerReferences();
    for (Metadata.OwnerReference owner : has) {
      if (!had.contains(owner)) {
        String message = owner.kind() + " \"" + owner.name() + "\" owns it";
        found.add(new Happening(about, NORMAL, "Owned", message));
      }
    }
    for (Metadata.OwnerReference owner : had) {
      if (after != null && !has.contains(owner)) {
        String message = owner.kind() + " \"" + owner.name() + "\" released it";
        found.add(new Happening(about, NORMAL, "Released", message));
      }
    }
  }
}
