package io.leat.control.store;

import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Status;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Decides what becomes of writes, in order, and stages what they change.
 *
 * <p>Confined to the thread that leads a commit, for one commit.
 */
final class WriteRules {
  private final Staging staging;
  private final Supplier<String> uids;
  private final Instant now;

  WriteRules(Staging staging, Supplier<String> uids, Instant now) {
    this.staging = staging;
    this.uids = uids;
    this.now = now;
  }

  StoreOutcome apply(Write write, Author author) {
    return switch (write) {
      case Write.Create create -> create(create.resource(), author);
      case Write.Update update -> update(update.resource(), update.sameGeneration(), author);
      case Write.UpdateStatus status -> updateStatus(status, author);
      case Write.Delete delete -> delete(delete, author);
    };
  }

  private StoreOutcome create(Resource resource, Author author) {
    Resource current = staging.find(resource.key());
    if (current != null) {
      return new StoreOutcome.AlreadyExists(current);
    }
    Metadata metadata = resource.metadata().stored(uids.get(), 0, 1, now).deletedAt(null);
    Status status = TransitionTimes.settle(Status.EMPTY, resource.status(), now);
    Resource fresh = resource.withMetadata(metadata).withStatus(status);
    return new StoreOutcome.Written(staging.put(null, fresh, author, now), true);
  }

  private StoreOutcome update(Resource resource, boolean sameGeneration, Author author) {
    Resource current = staging.find(resource.key());
    if (current == null) {
      return new StoreOutcome.NotFound(resource.key());
    }
    Metadata now = current.metadata();
    if (now.resourceVersion() != resource.metadata().resourceVersion()) {
      return new StoreOutcome.Conflict(current);
    }
    boolean sameSpec = current.spec().equals(resource.spec());
    boolean sameWish = Wishes.same(current.spec(), resource.spec(), current.kind());
    Metadata wanted =
        resource
            .metadata()
            .stored(
                now.uid(),
                now.resourceVersion(),
                sameWish || sameGeneration ? now.generation() : now.generation() + 1,
                now.creationTimestamp())
            .deletedAt(now.deletionTimestamp());
    if (now.isDeleting()) {
      wanted =
          wanted.withFinalizers(
              wanted.finalizers().stream().filter(now.finalizers()::contains).toList());
    }
    if (sameSpec && wanted.equals(now)) {
      return new StoreOutcome.Written(current, false);
    }
    Resource after = new Resource(current.kind(), wanted, resource.spec(), current.status());
    if (wanted.isDeleting() && wanted.finalizers().isEmpty()) {
      new Deletion(staging, this.now, author).remove(after);
      return new StoreOutcome.Written(after, true);
    }
    return new StoreOutcome.Written(staging.put(current, after, author, this.now), true);
  }

  private StoreOutcome updateStatus(Write.UpdateStatus write, Author author) {
    Resource current = staging.find(write.key());
    if (current == null) {
      return new StoreOutcome.NotFound(write.key());
    }
    if (current.metadata().resourceVersion() != write.resourceVersion()) {
      return new StoreOutcome.Conflict(current);
    }
    if (!TransitionTimes.changes(current.status(), write.status())) {
      return new StoreOutcome.Written(current, false);
    }
    Status settled = TransitionTimes.settle(current.status(), write.status(), now);
    Resource after = staging.put(current, current.withStatus(settled), author, now);
    return new StoreOutcome.Written(after, true);
  }

  private StoreOutcome delete(Write.Delete write, Author author) {
    Resource current = staging.find(write.key());
    if (current == null) {
      return new StoreOutcome.NotFound(write.key());
    }
    Metadata metadata = current.metadata();
    boolean otherVersion =
        write.resourceVersion() != 0 && write.resourceVersion() != metadata.resourceVersion();
    boolean otherUid = !write.uid().isEmpty() && !write.uid().equals(metadata.uid());
    if (otherVersion || otherUid) {
      return new StoreOutcome.Conflict(current);
    }
    if (metadata.isDeleting()) {
      return new StoreOutcome.Written(current, false);
    }
    Resource last = new Deletion(staging, now, author).ask(current, write.propagation());
    return new StoreOutcome.Written(last, true);
  }
}
