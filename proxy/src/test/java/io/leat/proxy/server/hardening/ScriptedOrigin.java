package io.leat.proxy.server.hardening;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.leat.proxy.testing.TestOrigin;
import io.leat.proxy.testing.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint that takes turns: it replies when exactly the bytes of a turn have come, on whichever
 * connection, and keeps everything else for the verdict.
 */
final class ScriptedOrigin implements AutoCloseable {
  /** Stands for the pseudonym of the proxy, which is different in every run. */
  static final String ID = "leat-ID";

  private static final Pattern PSEUDONYM = Pattern.compile("leat-[0-9a-f]{8}");

  private static final class Talk {
    private final Wire wire;
    private String unmatched = "";
    private boolean over;

    Talk(Wire wire) {
      this.wire = wire;
    }
  }

  private final List<Row.Turn> turns;
  private final List<Talk> talks = new ArrayList<>();
  private final TestOrigin origin;
  private int taken;

  ScriptedOrigin(List<Row.Turn> turns) throws IOException {
    this.turns = turns;
    this.origin = TestOrigin.playing(this::play);
  }

  int port() {
    return origin.port();
  }

  private void play(Wire wire) throws IOException {
    Talk talk = new Talk(wire);
    synchronized (this) {
      talks.add(talk);
    }
    byte[] bytes = new byte[65536];
    boolean closed = false;
    try {
      for (int n = wire.in().read(bytes); n >= 0 && !closed; ) {
        Row.Turn turn = take(talk, new String(bytes, 0, n, ISO_8859_1));
        while (turn != null) {
          wire.send(turn.reply());
          closed |= turn.close();
          turn = take(talk, "");
        }
        n = closed ? n : wire.in().read(bytes);
      }
    } finally {
      synchronized (this) {
        talk.over = true;
      }
    }
  }

  private synchronized Row.@Nullable Turn take(Talk talk, String more) {
    talk.unmatched = PSEUDONYM.matcher(talk.unmatched + more).replaceAll(ID);
    if (taken == turns.size() || !talk.unmatched.startsWith(turns.get(taken).receive())) {
      return null;
    }
    Row.Turn turn = turns.get(taken++);
    talk.unmatched = talk.unmatched.substring(turn.receive().length());
    return turn;
  }

  void awaitTurns(int count) {
    await().until(() -> taken() >= count);
  }

  private synchronized int taken() {
    return taken;
  }

  /** Sends on the newest connection. */
  void push(String bytes) throws IOException {
    Talk last;
    synchronized (this) {
      last = talks.getLast();
    }
    last.wire.send(bytes);
  }

  /** All turns were taken, nothing else came, and at most one connection is left open. */
  void verify() {
    await().until(() -> openTalks() <= 1);
    assertThat(seen()).isEqualTo("");
    assertThat(taken()).as("turns").isEqualTo(turns.size());
  }

  private synchronized long openTalks() {
    return talks.stream().filter(talk -> !talk.over).count();
  }

  /** What came and was not expected. */
  synchronized String seen() {
    StringBuilder seen = new StringBuilder();
    talks.forEach(talk -> seen.append(talk.unmatched));
    return seen.toString();
  }

  @Override
  public void close() throws IOException {
    origin.close();
  }
}
