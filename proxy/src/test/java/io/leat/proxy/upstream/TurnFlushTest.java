package io.leat.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TurnFlushTest {
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop eventLoop = group.next();
  private final TurnFlush turnFlush = new TurnFlush(eventLoop);

  @AfterEach
  void stop() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void flushesInOrderAfterTheTurn() throws Exception {
    List<String> flushed = new ArrayList<>();
    CompletableFuture<List<String>> duringTheTurn = new CompletableFuture<>();
    CompletableFuture<List<String>> afterwards = new CompletableFuture<>();
    eventLoop.execute(() -> {
      turnFlush.later(() -> flushed.add("a"));
      turnFlush.later(() -> {
        flushed.add("b");
        afterwards.complete(List.copyOf(flushed));
      });
      duringTheTurn.complete(List.copyOf(flushed));
    });
    assertThat(duringTheTurn.get(60, TimeUnit.SECONDS)).isEmpty();
    assertThat(afterwards.get(60, TimeUnit.SECONDS)).containsExactly("a", "b");
  }

  @Test
  void takesWhatAFlushBringsAbout() throws Exception {
    List<String> flushed = new ArrayList<>();
    CompletableFuture<List<String>> afterwards = new CompletableFuture<>();
    eventLoop.execute(() ->
        turnFlush.later(() -> {
          flushed.add("a");
          turnFlush.later(() -> {
            flushed.add("b");
            afterwards.complete(List.copyOf(flushed));
          });
        }));
    assertThat(afterwards.get(60, TimeUnit.SECONDS)).containsExactly("a", "b");
  }
}
