package io.leat.proxy.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptGateTest {
  private final AcceptGate gate = new AcceptGate(64);
  private final EmbeddedChannel listener = new EmbeddedChannel(gate.listener());

  private boolean accepts() {
    return listener.config().isAutoRead();
  }

  @Test
  void pausesAtTheLimitAndResumesBelow() {
    for (int i = 0; i < 63; i++) {
      gate.opened();
    }
    assertThat(accepts()).isTrue();
    gate.opened();
    assertThat(accepts()).isFalse();
    assertThat(gate.connections()).isEqualTo(64);
    gate.closed();
    gate.closed();
    assertThat(accepts()).isFalse();
    gate.closed();
    assertThat(accepts()).isTrue();
    assertThat(gate.pauses(AcceptGate.Reason.CONNECTIONS)).isEqualTo(1);
  }

  @Test
  void oneConnectionIsEnoughForTheSmallestGate() {
    AcceptGate one = new AcceptGate(1);
    one.opened();
    assertThat(one.paused()).isTrue();
    one.closed();
    assertThat(one.paused()).isFalse();
  }

  @Test
  void everyReasonMustPass() {
    gate.memoryShort(true);
    gate.memoryShort(true);
    gate.pause(AcceptGate.Reason.DESCRIPTORS);
    assertThat(accepts()).isFalse();
    gate.resume(AcceptGate.Reason.DESCRIPTORS);
    assertThat(accepts()).isFalse();
    gate.memoryShort(false);
    assertThat(accepts()).isTrue();
    assertThat(gate.pauses(AcceptGate.Reason.MEMORY)).isEqualTo(1);
  }

  @Test
  void aListenerThatComesLateIsPausedToo() {
    gate.memoryShort(true);
    EmbeddedChannel late = new EmbeddedChannel(gate.listener());
    assertThat(late.config().isAutoRead()).isFalse();
    assertThat(late.finish()).isFalse();
    gate.memoryShort(false);
    assertThat(late.config().isAutoRead()).isFalse();
  }

  @Test
  void withoutDescriptorsAcceptingRestsForAMoment() {
    listener.freezeTime();
    for (int i = 1; i <= 3; i++) {
      listener.pipeline().fireExceptionCaught(new IOException("accept: too many open files"));
      assertThat(accepts()).isFalse();
      assertThat(listener.isOpen()).isTrue();
      listener.advanceTimeBy(99, TimeUnit.MILLISECONDS);
      listener.runScheduledPendingTasks();
      assertThat(accepts()).isFalse();
      listener.advanceTimeBy(1, TimeUnit.MILLISECONDS);
      listener.runScheduledPendingTasks();
      assertThat(accepts()).isTrue();
      assertThat(gate.pauses(AcceptGate.Reason.DESCRIPTORS)).isEqualTo(i);
    }
    gate.memoryShort(true);
    listener.pipeline().fireExceptionCaught(new IOException("accept: too many open files"));
    listener.advanceTimeBy(200, TimeUnit.MILLISECONDS);
    listener.runScheduledPendingTasks();
    assertThat(accepts()).isFalse();
    listener.checkException();
  }
}
