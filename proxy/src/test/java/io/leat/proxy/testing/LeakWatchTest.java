package io.leat.proxy.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

/** The watch that fails the build sees what it is there for. */
class LeakWatchTest {
  @Test
  void aLostBufferFailsTheClassThatLostIt() throws InterruptedException {
    lose();
    assertThatThrownBy(LeakWatch::assertNothingLost)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("LEAK: ByteBuf.release() was not called")
        .hasMessageContaining("LeakWatchTest.lose");
    LeakWatch.assertNothingLost();
  }

  @SuppressWarnings("CheckReturnValue") // dropping it is the point
  private static void lose() {
    var _ = ByteBufAllocator.DEFAULT.directBuffer(64).writeInt(1);
  }
}
