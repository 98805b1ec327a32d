package io.leat.control.api.events;

import io.leat.control.resource.Condition;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Rollout;
import io.leat.control.resource.Status;
import io.leat.control.store.ChangeEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that a user wants to know of.
 *
 * @param type {@code Normal} or {@code Warning}
 * @param reason a word for programs
 */
record Happening(Resource about, String type, String reason, String message) {
  private static final String NORMAL = "Normal";
  private static final String READY = "Ready";

  /** What a write of the store means to a user; nothing for most writes. */
  static List<Happening> in(ChangeEvent event) {
    Resource after = event.after();
    List<Happening> found = new ArrayList<>();
    if (event.resource().kind().isEventing()) {
      EventingHappenings.in(event, found);
    }
    if (event.resource().kind().isDocument() || after == null) {
      return found;
    }
    Status before = event.before() == null ? Status.EMPTY : event.before().status();
    Status now = after.status();
    created(after, before.latestCreatedRevisionName(), now.latestCreatedRevisionName(), found);
    String ready = now.latestReadyRevisionName();
    if (ready != null && !ready.equals(before.latestReadyRevisionName())) {
      String message = "Latest ready revision is now \"" + ready + "\"";
      found.add(new Happening(after, NORMAL, "LatestReadyUpdate", message));
    }
    readiness(after, before, now, found);
    if (after.kind() == Kind.ROUTE) {
      rollout(after, staged(before), staged(now), found);
    }
    return found;
  }

  private static void created(
      Resource about, @Nullable String before, @Nullable String now, List<Happening> found) {
    if (now != null && !now.equals(before)) {
      found.add(new Happening(about, NORMAL, "Created", "Created Revision \"" + now + "\""));
    }
  }

  private static Rollout.@Nullable Staged staged(Status status) {
    return status.rollout() == null ? null : status.rollout().staged();
  }

  private static void rollout(
      Resource about,
      Rollout.@Nullable Staged before,
      Rollout.@Nullable Staged now,
      List<Happening> found) {
    if (now == null
        || (before != null
            && before.request().equals(now.request())
            && before.phase().equals(now.phase())
            && before.percent() == now.percent())) {
      return;
    }
    String revision = now.revisionName();
    if (now.isProgressing()) {
      String message = "Revision \"" + revision + "\" gets " + now.percent() + " %";
      found.add(new Happening(about, NORMAL, "RolloutStep", message));
    } else {
      boolean aborted = now.phase().equals(Rollout.Staged.ABORTED);
      String message = "Rollout of \"" + revision + "\": " + now.message();
      found.add(
          new Happening(about, aborted ? "Warning" : NORMAL, "Rollout" + now.phase(), message));
    }
  }

  private static void readiness(Resource about, Status before, Status now, List<Happening> found) {
    Condition is = now.condition(READY).orElse(null);
    Condition was = before.condition(READY).orElse(null);
    if (is == null || is.state() == Condition.State.UNKNOWN) {
      return;
    }
    boolean same =
        was != null && was.state() == is.state() && Objects.equals(was.reason(), is.reason());
    if (same) {
      return;
    }
    String kind = about.kind().kind();
    if (is.state() == Condition.State.TRUE) {
      String message = kind + " \"" + about.metadata().name() + "\" became ready";
      found.add(new Happening(about, NORMAL, kind + READY, message));
    } else {
      String reason = is.reason().isEmpty() ? kind + "Failed" : is.reason();
      found.add(new Happening(about, "Warning", reason, is.message()));
    }
  }
}
