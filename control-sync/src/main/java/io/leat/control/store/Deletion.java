package io.leat.control.store;

import io.leat.control.resource.Metadata;
import io.leat.control.resource.Resource;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes resources step by step: finalizers hold one back, and what it controls goes before it,
 * after it, or stays.
 *
 * <p>Confined to the thread that leads a commit. Works on a stack of its own, because users decide
 * how long a chain of owners is.
 */
final class Deletion {
  private static final String FOREGROUND = ResourceStore.FOREGROUND_FINALIZER;

  private final Staging staging;
  private final Instant now;
  private final Author author;

  Deletion(Staging staging, Instant now, Author author) {
    this.staging = staging;
    this.now = now;
    this.author = author;
  }

  /** Begins the deletion of a resource and gives its last state: with finalizers when it stays. */
  Resource ask(Resource resource, Write.Propagation propagation) {
    switch (propagation) {
      case BACKGROUND -> {
        // Removal takes what the resource controls with it.
      }
      case ORPHAN -> staging.ownedBy(resource.metadata().uid()).forEach(this::orphan);
      case FOREGROUND -> foreground(resource);
    }
    Resource current = staging.find(resource.key());
    if (current == null) {
      return resource;
    }
    if (!current.metadata().finalizers().isEmpty()) {
      return mark(current);
    }
    remove(current);
    return current;
  }

  /** Removes a resource that nothing holds back, and then what it controls. */
  void remove(Resource root) {
    Deque<Resource> due = new ArrayDeque<>();
    due.push(root);
    boolean first = true;
    while (!due.isEmpty()) {
      Resource next = due.pop();
      Resource current = first ? root : staging.find(next.key());
      if (current == null || staging.find(next.key()) == null) {
        continue;
      }
      if (!first && !current.metadata().finalizers().isEmpty()) {
        mark(current);
        continue;
      }
      first = false;
      staging.remove(current);
      staging.ownedBy(current.metadata().uid()).reversed().forEach(due::push);
      finishOwner(current, due);
    }
  }

  /** The owner that only waited for {@code gone} is due as well. */
  private void finishOwner(Resource gone, Deque<Resource> due) {
    Resource owner =
        References.controller(gone)
            .map(staging::find)
            .filter(o -> References.controls(o, gone))
            .orElse(null);
    if (owner == null
        || !owner.metadata().isDeleting()
        || !owner.metadata().finalizers().contains(FOREGROUND)
        || !staging.ownedBy(owner.metadata().uid()).isEmpty()) {
      return;
    }
    due.push(release(owner));
  }

  private Resource release(Resource owner) {
    List<String> finalizers = new ArrayList<>(owner.metadata().finalizers());
    finalizers.remove(FOREGROUND);
    Metadata released = owner.metadata().withFinalizers(finalizers);
    return staging.put(owner, owner.withMetadata(released), author, now);
  }

  private Resource mark(Resource resource) {
    return resource.metadata().isDeleting()
        ? resource
        : staging.put(
            resource, resource.withMetadata(resource.metadata().deletedAt(now)), author, now);
  }

  private void orphan(Resource child) {
    List<Metadata.OwnerReference> others =
        child.metadata().ownerReferences().stream().filter(owner -> !owner.controller()).toList();
    staging.put(child, child.withMetadata(child.metadata().withOwners(others)), author, now);
  }

  /** Marks everything that controls something, then removes from the leaves up. */
  private void foreground(Resource root) {
    Deque<Resource> open = new ArrayDeque<>();
    List<Resource> leaves = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    open.push(root);
    while (!open.isEmpty()) {
      Resource next = open.pop();
      if (!seen.add(next.metadata().uid())) {
        continue;
      }
      List<Resource> owned = staging.ownedBy(next.metadata().uid());
      if (owned.isEmpty()) {
        leaves.add(next);
      } else {
        markWaiting(next);
        owned.reversed().forEach(open::push);
      }
    }
    for (Resource leaf : leaves) {
      Resource current = staging.find(leaf.key());
      if (current != null && !current.metadata().uid().equals(root.metadata().uid())) {
        if (current.metadata().finalizers().isEmpty()) {
          remove(current);
        } else {
          mark(current);
        }
      }
    }
  }

  private void markWaiting(Resource resource) {
    Metadata metadata = resource.metadata();
    List<String> finalizers = new ArrayList<>(metadata.finalizers());
    if (!finalizers.contains(FOREGROUND)) {
      finalizers.add(FOREGROUND);
    }
    Metadata waiting =
        (metadata.isDeleting() ? metadata : metadata.deletedAt(now)).withFinalizers(finalizers);
    if (!waiting.equals(metadata)) {
      staging.put(resource, resource.withMetadata(waiting), author, now);
    }
  }
}
