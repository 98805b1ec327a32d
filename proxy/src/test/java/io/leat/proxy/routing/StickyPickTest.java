package io.leat.proxy.routing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.table.RevisionId;
import io.leat.proxy.table.Stickiness;
import io.leat.proxy.table.TrafficSplit;
import io.leat.proxy.table.WeightedTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and the targets that they stay with. */
class StickyPickTest {
  private static final int KEYS = 100_000;
  private static final double TOLERANCE = 0.01;
  private static final Stickiness COOKIE = new Stickiness(Stickiness.Source.COOKIE, "user");
  private static final Stickiness HEADER = new Stickiness(Stickiness.Source.HEADER, "X-User");

  private static TrafficSplit split(int... weights) {
    List<WeightedTarget> targets = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      targets.add(WeightedTarget.of(new RevisionId("default", "shop-0000" + i), weights[i]));
    }
    return new TrafficSplit(targets);
  }

  private static RequestHead request(String... fields) {
    RequestHead head = new RequestHead(ProxyLimits.DEFAULT);
    String text = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (String field : fields) {
      text += field + "\r\n";
    }
    ByteBuf in = Unpooled.copiedBuffer(text + "\r\n", ISO_8859_1);
    assertThat(head.parse(in, 0, in.writerIndex())).isNull();
    in.release();
    return head;
  }

  private static int[] picks(TrafficSplit split) {
    StickyPick pick = new StickyPick(HEADER, split);
    int[] picks = new int[KEYS];
    for (int key = 0; key < KEYS; key++) {
      picks[key] = pick.pick(request("x-user: user-" + key));
    }
    return picks;
  }

  private static double[] shares(int[] picks, int targets) {
    double[] shares = new double[targets];
    for (int pick : picks) {
      shares[pick] += 1.0 / picks.length;
    }
    return shares;
  }

  /** The share of keys that went from one target to another, by both. */
  private static double[][] moves(int[] before, int[] after, int targets) {
    double[][] moved = new double[targets][targets];
    for (int i = 0; i < before.length; i++) {
      moved[before[i]][after[i]] += 1.0 / before.length;
    }
    return moved;
  }

  @Test
  void eachTargetGetsItsShareAndZeroGetsNone() {
    double[] shares = shares(picks(split(60, 0, 30, 10)), 4);
    assertThat(shares[0]).isCloseTo(0.6, within(TOLERANCE));
    assertThat(shares[1]).isZero();
    assertThat(shares[2]).isCloseTo(0.3, within(TOLERANCE));
    assertThat(shares[3]).isCloseTo(0.1, within(TOLERANCE));
  }

  @ParameterizedTest
  @CsvSource({
    "90, 10, 80, 20",
    "10, 90, 20, 80",
    "99, 1, 50, 50",
    "50, 50, 51, 49",
    "10, 90, 100, 0",
    "0, 1, 1, 1"
  })
  void ofTwoTargetsOnlyTheShareThatMustMoveMoves(int a, int b, int c, int d) {
    double[][] moved = moves(picks(split(a, b)), picks(split(c, d)), 2);
    double must = (double) a / (a + b) - (double) c / (c + d);
    assertThat(moved[0][1]).isCloseTo(Math.max(0, must), within(TOLERANCE));
    assertThat(moved[1][0]).isCloseTo(Math.max(0, -must), within(TOLERANCE));
    assertThat(Math.min(moved[0][1], moved[1][0])).isZero();
  }

  @Test
  void amongManyNoKeyMovesBetweenTargetsThatStay() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 5; round++) {
      int[] weights = {random.nextInt(50), 10 + random.nextInt(40), 10, 5 + random.nextInt(20), 7};
      int[] changed = weights.clone();
      changed[1] -= 1 + random.nextInt(9);
      changed[3] += 1 + random.nextInt(9);
      double[][] moved = moves(picks(split(weights)), picks(split(changed)), weights.length);
      for (int from : new int[] {0, 2, 4}) {
        for (int to : new int[] {0, 1, 2, 4}) {
          if (from != to) {
            assertThat(moved[from][to]).as("seed %d", seed).isZero();
          }
        }
      }
      assertThat(moved[3][0] + moved[3][1] + moved[3][2] + moved[3][4])
          .as("seed %d", seed)
          .isZero();
    }
  }

  @Test
  void doesNotDependOnOrderOrScale() {
    List<WeightedTarget> reversed = new ArrayList<>(split(90, 10).targets());
    Collections.reverse(reversed);
    int[] before = picks(split(90, 10));
    int[] after = picks(new TrafficSplit(reversed));
    for (int i = 0; i < KEYS; i++) {
      assertThat(after[i]).isEqualTo(1 - before[i]);
    }
    assertThat(picks(split(9, 1))).isEqualTo(before);
  }

  @Test
  void findsTheCookieAmongOthers() {
    StickyPick pick = new StickyPick(COOKIE, split(50, 50));
    for (int key = 0; key < 100; key++) {
      String pair = "user=" + key;
      int expected = pick.pick(request("Cookie: " + pair));
      assertThat(expected).isBetween(0, 1);
      for (String cookie :
          List.of(
              "a=1; " + pair,
              pair + "; a=1",
              "superuser=9;" + pair + " ;b=2",
              "user2=x; user; " + pair,
              "a=user=5; " + pair + "; user=other")) {
        assertThat(pick.pick(request("cookie: " + cookie))).as(cookie).isEqualTo(expected);
      }
    }
  }

  @Test
  void withoutTheValueThereIsNoPick() {
    StickyPick pick = new StickyPick(COOKIE, split(50, 50));
    for (String cookie : List.of("", "a=1", "user", "user=", "user=; a=1", "User=1", "a=user=1")) {
      assertThat(pick.pick(request("Cookie: " + cookie))).as(cookie).isEqualTo(-1);
    }
    assertThat(pick.pick(request("user: 1"))).isEqualTo(-1);
    assertThat(new StickyPick(HEADER, split(50, 50)).pick(request("X-User:"))).isEqualTo(-1);
  }

  @Test
  void allocatesNothing() {
    StickyPick pick = new StickyPick(COOKIE, split(60, 30, 10));
    RequestHead head = request("Accept: */*", "Cookie: a=1; b=2; user=0123456789abcdef; c=3");
    int sum = 0;
    for (int i = 0; i < 20_000; i++) {
      sum += pick.pick(head);
    }
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().threadId();
    long before = threads.getThreadAllocatedBytes(thread);
    for (int i = 0; i < 100_000; i++) {
      sum += pick.pick(head);
    }
    long allocated = threads.getThreadAllocatedBytes(thread) - before;
    assertThat(sum).isNotNegative();
    // What the measurement itself costs; one small object per pick would be 1.6 MB.
    assertThat(allocated).isLessThan(16 * 1024);
  }
}
