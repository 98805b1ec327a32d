package io.leat.proxy.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OverloadTest {
  private long allocated;
  private long waiting;
  private final Overload overload = new Overload(1000, () -> allocated, () -> waiting);

  private int levelAt(long bytes) {
    allocated = bytes;
    waiting = bytes;
    overload.sample();
    overload.sample();
    return overload.level();
  }

  @Test
  void climbsStepByStep() {
    assertThat(levelAt(699)).isZero();
    assertThat(levelAt(700)).isEqualTo(1);
    assertThat(overload.pausesReading()).isTrue();
    assertThat(overload.pausesAccepting()).isFalse();
    assertThat(levelAt(800)).isEqualTo(2);
    assertThat(overload.pausesAccepting()).isTrue();
    assertThat(overload.shedsIdle()).isFalse();
    assertThat(levelAt(900)).isEqualTo(3);
    assertThat(overload.shedsIdle()).isTrue();
    assertThat(overload.rejects()).isFalse();
    assertThat(levelAt(1000)).isEqualTo(4);
    assertThat(overload.rejects()).isTrue();
    assertThat(overload.allocatedBytes()).isEqualTo(1000);
    assertThat(overload.entered()).containsExactly(1L, 1L, 1L, 1L);
  }

  @Test
  void goesDownOnlyWellBelowTheStep() {
    assertThat(levelAt(5000)).isEqualTo(4);
    assertThat(levelAt(960)).isEqualTo(4);
    assertThat(levelAt(949)).isEqualTo(3);
    assertThat(levelAt(651)).isEqualTo(1);
    assertThat(levelAt(649)).isZero();
    assertThat(overload.measuring()).isFalse();
    assertThat(levelAt(850)).isEqualTo(2);
    assertThat(overload.entered()).containsExactly(2L, 2L, 1L, 1L);
  }

  @Test
  void memoryThatTheAllocatorOnlyKeepsIsNoLoad() {
    assertThat(levelAt(2000)).isEqualTo(4);
    waiting = 0;
    overload.sample();
    assertThat(overload.level()).isZero();
    assertThat(overload.measuring()).isTrue();
    waiting = 240;
    overload.sample();
    assertThat(overload.level()).isEqualTo(3);
  }
}
