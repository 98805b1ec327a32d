package io.leat.control.runtime;

import io.leat.proxy.table.RevisionId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners what changed, on a virtual thread of its own and outside every lock; changes of
 * one revision that pile up while listeners work are told once. Any thread may call.
 */
final class Changes {

  private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

  private final List<Consumer<RevisionId>> listeners = new CopyOnWriteArrayList<>();
  private final Consumer<ColdStart> coldStarts;
  private Set<RevisionId> changed = new LinkedHashSet<>();
  private List<ColdStart> started = new ArrayList<>();
  private boolean telling;

  Changes(Consumer<ColdStart> coldStarts) {
    this.coldStarts = coldStarts;
  }

  void listen(Consumer<RevisionId> listener) {
    listeners.add(listener);
  }

  synchronized void changed(RevisionId revision) {
    changed.add(revision);
    wake();
  }

  synchronized void started(ColdStart coldStart) {
    started.add(coldStart);
    wake();
  }

  private void wake() {
    if (!telling) {
      telling = true;
      Thread.ofVirtual().name("leat-runtime-changes").start(this::tell);
    }
  }

  private void tell() {
    while (true) {
      Set<RevisionId> revisions;
      List<ColdStart> starts;
      synchronized (this) {
        revisions = changed;
        starts = started;
        if (revisions.isEmpty() && starts.isEmpty()) {
          telling = false;
          return;
        }
        changed = new LinkedHashSet<>();
        started = new ArrayList<>();
      }
      for (RevisionId revision : revisions) {
        for (Consumer<RevisionId> listener : listeners) {
          call(listener, revision);
        }
      }
      for (ColdStart start : starts) {
        call(coldStarts, start);
      }
    }
  }

  /** One broken listener must not silence the others, nor this thread. */
  private static <T> void call(Consumer<T> listener, T event) {
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      LOG.error("a listener failed on {}", event, e);
    }
  }
}
