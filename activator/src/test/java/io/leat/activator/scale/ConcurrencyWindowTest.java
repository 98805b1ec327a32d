package io.leat.activator.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ConcurrencyWindowTest {
  private final ConcurrencyWindow window = new ConcurrencyWindow(60);

  @Test
  void thePanicWindowIsATenthAndAtLeastASecond() {
    assertThat(window.panicSeconds()).isEqualTo(6);
    assertThat(new ConcurrencyWindow(6).panicSeconds()).isEqualTo(1);
    assertThat(new ConcurrencyWindow(1).panicSeconds()).isEqualTo(1);
    assertThat(new ConcurrencyWindow(25).panicSeconds()).isEqualTo(3);
    assertThat(new ConcurrencyWindow(3600).panicSeconds()).isEqualTo(360);
  }

  @Test
  void nothingWrittenIsZero() {
    assertThat(window.stable(-1)).isZero();
    assertThat(window.stable(100)).isZero();
    assertThat(window.panic(100)).isZero();
  }

  @Test
  void aPartialWindowDividesByTheSecondsSinceTheFirstWrite() {
    window.record(10, 4);
    assertThat(window.stable(10)).isEqualTo(4);
    window.record(11, 8);
    assertThat(window.stable(11)).isEqualTo(6);
    window.record(14, 8);
    assertThat(window.stable(14)).isEqualTo(20.0 / 5);
    assertThat(window.panic(14)).isEqualTo(20.0 / 5);
  }

  @Test
  void aFullWindowDividesByItsLength() {
    for (int s = 0; s < 90; s++) {
      window.record(s, s);
    }
    assertThat(window.stable(89)).isEqualTo((30 + 89) / 2.0);
    assertThat(window.panic(89)).isEqualTo((84 + 89) / 2.0);
  }

  @Test
  void silenceAtTheEndCountsAsZerosUntilNothingIsLeft() {
    for (int s = 0; s < 60; s++) {
      window.record(s, 10);
    }
    assertThat(window.stable(59)).isEqualTo(10);
    assertThat(window.stable(89)).isEqualTo(5);
    assertThat(window.panic(62)).isEqualTo(5);
    assertThat(window.panic(65)).isZero();
    assertThat(window.stable(118)).isCloseTo(10.0 / 60, within(1e-12));
    assertThat(window.stable(119)).isZero();
  }

  @Test
  void aWriteAfterASilentWindowStartsAfresh() {
    window.record(0, 100);
    window.record(59, 1);
    assertThat(window.stable(59)).isCloseTo(101.0 / 60, within(1e-12));
    window.record(119, 7);
    assertThat(window.stable(119)).isEqualTo(7);
    assertThat(window.stable(120)).isEqualTo(3.5);
  }

  @Test
  void aLateWriteIsIgnoredAndASecondOneAdds() {
    window.record(5, 1);
    window.record(5, 2);
    window.record(4, 50);
    assertThat(window.stable(5)).isEqualTo(3);
  }

  @Test
  void anotherLengthKeepsTheRecentPast() {
    for (int s = 0; s < 60; s++) {
      window.record(s, s);
    }
    assertThat(window.resized(10).stable(59)).isEqualTo((50 + 59) / 2.0);
    ConcurrencyWindow longer = window.resized(120);
    assertThat(longer.stable(59)).isEqualTo(59 / 2.0);
    assertThat(longer.seconds()).isEqualTo(120);
    assertThat(new ConcurrencyWindow(7).resized(9).stable(3)).isZero();
  }

  @Test
  void agreesWithASlowModel() {
    long seed = System.nanoTime();
    System.out.println("ConcurrencyWindowTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      int length = 1 + random.nextInt(20);
      ConcurrencyWindow fast = new ConcurrencyWindow(length);
      double[] written = new double[200];
      int first = -1;
      int last = -1;
      for (int s = 0; s < written.length; s++) {
        if (random.nextInt(6) == 0) {
          if (first < 0 || s - last >= length) {
            first = s;
          }
          last = s;
          written[s] = random.nextInt(100);
          fast.record(s, written[s]);
        }
        assertThat(fast.stable(s)).as("second %s", s).isEqualTo(model(written, first, s, length));
        assertThat(fast.panic(s)).isEqualTo(model(written, first, s, fast.panicSeconds()));
      }
    }
  }

  private static double model(double[] written, int first, int now, int length) {
    if (first < 0) {
      return 0;
    }
    int from = Math.max(first, now - length + 1);
    double sum = 0;
    for (int s = from; s <= now; s++) {
      sum += written[s];
    }
    return sum / (now - from + 1);
  }

  @Test
  void aLengthBelowOneIsRejected() {
    assertThatThrownBy(() -> new ConcurrencyWindow(0)).hasMessageContaining("window: 0 s");
  }
}
