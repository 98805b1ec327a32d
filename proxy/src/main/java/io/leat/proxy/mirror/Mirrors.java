package io.leat.proxy.mirror;

import io.leat.proxy.http1.Framing;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.http1.RequestHeadWriter;
import io.leat.proxy.http1.RequestRewrite;
import io.leat.proxy.routing.LiveMirror;
import io.leat.proxy.telemetry.MirrorOutcome;
import io.leat.proxy.upstream.LoopContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The mirrored requests of one event loop: chooses which requests are mirrored, and bounds them.
 *
 * <p>A revision without endpoints is left asleep, and a mirrored request never waits for capacity.
 * Tunnels are not mirrored. Used by its event loop.
 */
public final class Mirrors {
  private static final int HEAD_SIZE = 1024;
  private static final int PERCENT = 100;

  private final LoopContext loop;
  private final MirrorBudget budget;
  private final BooleanSupplier memoryShort;
  private final Set<MirroredRequest> running = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * Nothing is mirrored yet.
   *
   * @param memoryShort whether nothing must be started that keeps memory
   */
  public Mirrors(LoopContext loop, MirrorBudget budget, BooleanSupplier memoryShort) {
    this.loop = loop;
    this.budget = budget;
    this.memoryShort = memoryShort;
  }

  /**
   * Decides whether a request is mirrored; if so, the caller owes {@link MirroredRequest#start}.
   *
   * @param head the request, parsed last
   * @param rewrite how its head is written for its own endpoint
   */
  public @Nullable MirroredRequest begin(
      @Nullable LiveMirror mirror, RequestHead head, RequestRewrite rewrite) {
    if (mirror == null || head.wantsUpgrade() || loop.draw().below(PERCENT) >= mirror.percent()) {
      return null;
    }
    if (mirror.target().revision().readyEndpoints() == 0) {
      loop.counters().mirrored(MirrorOutcome.DROPPED_UNAVAILABLE);
      return null;
    }
    if (memoryShort.getAsBoolean() || !budget.tryStart()) {
      loop.counters().mirrored(MirrorOutcome.DROPPED_LIMIT);
      return null;
    }
    ByteBuf text = ByteBufAllocator.DEFAULT.directBuffer(HEAD_SIZE);
    byte[][] own = rewrite.setHeaders;
    rewrite.setHeaders = mirror.target().setHeaders();
    RequestHeadWriter.write(head, rewrite, text);
    rewrite.setHeaders = own;
    boolean whole = head.framing() == Framing.NONE;
    MirroredRequest begun = new MirroredRequest(this, loop, mirror.target(), text, whole);
    running.add(begun);
    return begun;
  }

  /** The process ends: gives up whatever runs. */
  public void stop() {
    new ArrayList<>(running).forEach(MirroredRequest::stop);
  }

  long bytes() {
    return budget.bytes();
  }

  void ended(MirroredRequest mirrored, MirrorOutcome outcome) {
    running.remove(mirrored);
    budget.ended();
    loop.counters().mirrored(outcome);
  }
}
