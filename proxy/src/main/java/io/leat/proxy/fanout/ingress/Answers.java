package io.leat.proxy.fanout.ingress;

import io.leat.proxy.fanout.IngestListener;
import io.leat.proxy.http.OwnAnswer;
import io.leat.proxy.http.Rejection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The answers of one event loop whose events are durable: those of a group go to the loop as one
 * task, because to wake it up costs more than to answer. Any thread adds, the loop answers; each
 * request is there once at most.
 */
final class Answers {
  private final Executor loop;
  private final Queue<Owed> known = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  Answers(Executor loop) {
    this.loop = loop;
  }

  /** The listener of one request. */
  IngestListener owed(IngressAnswer to) {
    return new Owed(to);
  }

  private void run() {
    scheduled.set(false);
    for (Owed next = known.poll(); next != null; next = known.poll()) {
      next.answer();
    }
  }

  private final class Owed implements IngestListener {
    private final IngressAnswer to;
    private @Nullable Rejection refusal;

    Owed(IngressAnswer to) {
      this.to = to;
    }

    @Override
    public void ingested(@Nullable Rejection why) {
      ingestedInGroup(why);
      groupEnded();
    }

    @Override
    public void ingestedInGroup(@Nullable Rejection why) {
      refusal = why;
      known.add(this);
    }

    @Override
    public void groupEnded() {
      if (!known.isEmpty() && scheduled.compareAndSet(false, true)) {
        loop.execute(Answers.this::run);
      }
    }

    @Override
    public void broken(String problem) {
      OwnAnswer with = OwnAnswer.explained(Rejection.EVENT_SCHEMA, problem);
      loop.execute(() -> to.refuse(Rejection.EVENT_SCHEMA, with));
    }

    private void answer() {
      Rejection why = refusal;
      if (why == null) {
        to.answer(OwnAnswer.EVENT_ACCEPTED);
      } else {
        to.refuse(why, OwnAnswer.of(why));
      }
    }
  }
}
