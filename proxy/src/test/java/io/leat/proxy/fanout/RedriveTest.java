package io.leat.proxy.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.fanout.TestSubscriber.Answer;
import io.leat.proxy.fanout.TestSubscriber.Got;
import io.leat.proxy.fanout.delivery.DeliveryLimits;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.log.CursorStart;
import io.leat.proxy.table.DeliveryPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters that are delivered again, and followers of a Channel, over files. */
final class RedriveTest {
  private static final CursorStart BEGINNING = new CursorStart.Beginning();

  @TempDir Path folder;
  private volatile int status = 500;
  private final TestSubscriber failing =
      TestSubscriber.answering((got, number) -> Answer.of(status));
  private final TestSubscriber other = TestSubscriber.answering(Answer.of(500));
  private ChannelFixture channels;

  @BeforeEach
  void start() {
    channels = new ChannelFixture(new FileLogs(folder), DeliveryLimits.DEFAULT);
    DeliveryPolicy once = Subscribers.policy(0, Duration.ZERO, ChannelFixture.uri("dead"));
    channels.channel("dead");
    channels.channel(
        "orders",
        Subscribers.calling("s", failing.uri(), null, once),
        Subscribers.calling("t", other.uri(), null, once));
  }

  @AfterEach
  void close() {
    channels.close();
    failing.close();
    other.close();
  }

  private List<KeptEvent> letters(int expected) {
    await().until(() -> kept().size() == expected);
    return kept();
  }

  private List<KeptEvent> kept() {
    return channels.engine().kept(ChannelFixture.id("dead"), BEGINNING, 1000);
  }

  private Redriven redrive(CursorStart from, int limit, String uid) {
    return channels
        .engine()
        .redrive(ChannelFixture.id("dead"), from, limit, ChannelFixture.id("orders"), uid)
        .orTimeout(60, TimeUnit.SECONDS)
        .join();
  }

  private List<Got> got(int from, int to) {
    await().until(() -> failing.got().size() >= to);
    return failing.got().subList(from, to);
  }

  @Test
  void lettersGoToTheOneSubscriptionThatFailedWithoutTheirMarks() {
    channels.send("orders", ChannelFixture.event("1"), ChannelFixture.event("2"));
    channels.send("dead", ChannelFixture.event("no letter"));
    assertThat(letters(5))
        .filteredOn(each -> each.event().attribute("knativeerrordest") != null)
        .hasSize(4);
    status = 202;
    Redriven done = redrive(BEGINNING, 1000, "s");
    assertThat(done.refusal()).isNull();
    assertThat(done.events()).isEqualTo(2);
    assertThat(done.skipped()).isEqualTo(3);
    assertThat(got(2, 4))
        .allSatisfy(each -> {
          assertThat(each.header("ce-knativeredrive")).isEqualTo("1");
          assertThat(each.headers().keySet())
              .doesNotContain("ce-knativeerrordest", "ce-knativeerrorcode", "ce-knativeerrordata");
          assertThat(each.text()).isEqualTo("\"" + each.header("ce-id") + "\"");
        })
        .extracting(each -> each.header("ce-id"))
        .containsExactlyInAnyOrder("1", "2");
    await().until(() -> channels.backlog("orders") == 0);
    assertThat(other.got()).hasSize(2);
    assertThat(redrive(new CursorStart.Offset(done.next()), 10, "s"))
        .isEqualTo(new Redriven(0, 0, 0, false, null));
  }

  @Test
  void whatFailsAgainIsCounted() {
    channels.send("orders", ChannelFixture.event("1"));
    letters(2);
    assertThat(redrive(BEGINNING, 1000, "s").events()).isEqualTo(1);
    KeptEvent again = letters(3).getLast();
    assertThat(again.event().attribute("knativeredrive")).isEqualTo("1");
    assertThat(again.event().attribute("knativeerrorcode")).isEqualTo("500");
    status = 202;
    assertThat(redrive(new CursorStart.Offset(again.offset()), 1000, "s").events()).isEqualTo(1);
    assertThat(got(2, 3).getFirst().header("ce-knativeredrive")).isEqualTo("2");
  }

  @Test
  void aLimitSaysWhereToGoOn() {
    for (int i = 0; i < 5; i++) {
      channels.send("orders", ChannelFixture.event("e" + i));
    }
    letters(10);
    status = 202;
    int events = 0;
    CursorStart from = BEGINNING;
    Redriven done = redrive(from, 3, "s");
    while (done.more()) {
      assertThat(done.events() + done.skipped()).isBetween(1, 3);
      events += done.events();
      done = redrive(new CursorStart.Offset(done.next()), 3, "s");
    }
    assertThat(events).isEqualTo(5);
    assertThat(got(5, 10)).extracting(each -> each.header("ce-id")).doesNotHaveDuplicates();
  }

  @Test
  void nobodyIsThere() {
    assertThat(redrive(BEGINNING, 10, "nobody").refusal()).isEqualTo(Rejection.CHANNEL_NOT_FOUND);
  }

  @Test
  void aFollowerReadsAgainWhatIsNotFinishedAndStaysOverARestart() {
    for (int i = 0; i < 4; i++) {
      channels.send("orders", ChannelFixture.event("e" + i));
    }
    assertThat(read(2)).containsExactly("e0", "e1");
    assertThat(read(2)).containsExactly("e0", "e1");
    follower().finish();
    assertThat(read(1)).containsExactly("e2");
    channels.engine().dropStrays(ChannelFixture.id("orders"));
    channels.restart(new FileLogs(folder));
    assertThat(read(10)).containsExactly("e2", "e3");
    follower().finish();
    assertThat(read(10)).isEmpty();
    follower().seek(BEGINNING);
    assertThat(read(10)).contains("e3");
    channels.engine().followers().unfollow("f", null);
    assertThat(channels.engine().observed())
        .allSatisfy(each -> assertThat(channels.engine().strays(each.id())).isEmpty());
  }

  private Follower follower() {
    return channels.engine().followers().follow(ChannelFixture.id("orders"), "f");
  }

  private List<String> read(int most) {
    return follower().read(most).stream().map(each -> each.event().id()).toList();
  }
}
