package io.leat.proxy.fanout;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.config.ProxyLimits;
import io.leat.proxy.fanout.account.DeliveryOutcome;
import io.leat.proxy.fanout.client.LoopDelivery;
import io.leat.proxy.fanout.delivery.DeliveryLimits;
import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.EventLimits;
import io.leat.proxy.fanout.event.EventReader;
import io.leat.proxy.fanout.ingress.ChannelIngress;
import io.leat.proxy.fanout.ingress.IngressAnswer;
import io.leat.proxy.http.OwnAnswer;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.log.MemoryLog;
import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.testing.ProxyFixture;
import io.leat.proxy.upstream.LoopContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Channels in a running proxy. A Channel {@code c} of the namespace {@code default} has the host
 * {@code c.default.example}.
 */
final class ChannelFixture implements AutoCloseable {
  private static final long SECONDS = 60;

  final ProxyFixture proxy;

  /** Judges what comes from outside. */
  volatile EventCheck check = EventCheck.NONE;

  private final Map<ChannelId, EventChannel> channels = new LinkedHashMap<>();
  private final List<ChannelIngress> ingresses = new ArrayList<>();
  private ChannelEngine engine;

  /** What a Channel answered. */
  record Answered(int status, String text) {}

  ChannelFixture() {
    this(channel -> new MemoryLog(64L << 20, Clock.systemUTC()), DeliveryLimits.DEFAULT);
  }

  ChannelFixture(LogFactory logs, DeliveryLimits limits) {
    this(logs, limits, ProxyFixture.start());
  }

  ChannelFixture(LogFactory logs, DeliveryLimits limits, ProxyFixture proxy) {
    this.proxy = proxy;
    engine = engine(logs, limits);
  }

  private ChannelEngine engine(LogFactory logs, DeliveryLimits limits) {
    List<LoopContext> contexts = proxy.proxy().contexts();
    List<LoopDelivery> loops =
        contexts.stream().map(each -> new LoopDelivery(each, proxy.table())).toList();
    ChannelEngine made =
        new ChannelEngine(
            new ChannelEngine.Ports(
                logs,
                ChannelFixture::channelOf,
                InstantSource.system(),
                Thread.ofPlatform().daemon().name("test-feeder").factory(),
                new EventCheck() {
                  @Override
                  public boolean concerns(ChannelId channel) {
                    return check.concerns(channel);
                  }

                  @Override
                  public void judge(
                      ChannelId channel, List<CloudEvent> events, Consumer<Judged> then) {
                    check.judge(channel, events, then);
                  }
                }),
            loops,
            limits);
    ingresses.clear();
    EventReader reader = new EventReader(EventLimits.DEFAULT);
    contexts.forEach(each ->
        ingresses.add(
            new ChannelIngress(made, reader, each.eventLoop(), ChannelIngress.Limits.DEFAULT)));
    return made;
  }

  /** The engine dies and another one comes, over logs that a test keeps. */
  void restart(LogFactory logs) {
    engine.close();
    engine = engine(logs, DeliveryLimits.DEFAULT);
    engine.apply(List.copyOf(channels.values()));
  }

  private static @Nullable ChannelId channelOf(String host) {
    String[] labels = host.split("\\.", -1);
    return labels.length == 3 && labels[2].equals("example")
        ? new ChannelId(labels[1], labels[0])
        : null;
  }

  static ChannelId id(String name) {
    return new ChannelId("default", name);
  }

  static String host(String name) {
    return name + ".default.example";
  }

  static String uri(String name) {
    return "http://" + host(name) + "/";
  }

  ChannelFixture channel(String name, ChannelSubscriber... subscribers) {
    EventChannel channel = new EventChannel(id(name), ChannelStorage.DEFAULT, List.of(subscribers));
    channels.put(channel.id(), channel);
    engine.apply(List.copyOf(channels.values()));
    return this;
  }

  ChannelEngine engine() {
    return engine;
  }

  static CloudEvent event(String id, String... more) {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("specversion", "1.0");
    attributes.put("id", id);
    attributes.put("source", "testsource");
    attributes.put("type", "testtype");
    attributes.put("datacontenttype", "application/json");
    for (int i = 0; i < more.length; i += 2) {
      attributes.put(more[i], more[i + 1]);
    }
    return new CloudEvent(attributes, ("\"" + id + "\"").getBytes(UTF_8));
  }

  /** Has a Channel keep events, and waits until it does. */
  void send(String channel, CloudEvent... events) {
    assertThat(trySend(channel, events)).isNull();
  }

  @Nullable Rejection trySend(String channel, CloudEvent... events) {
    CompletableFuture<List<Rejection>> done = new CompletableFuture<>();
    engine.ingest(
        id(channel),
        List.of(events),
        refusal -> done.complete(refusal == null ? List.of() : List.of(refusal)));
    List<Rejection> refusal = done.orTimeout(SECONDS, TimeUnit.SECONDS).join();
    return refusal.isEmpty() ? null : refusal.getFirst();
  }

  /** Sends a request to a Channel's ingress as the server does: head and whole body. */
  Answered request(String channel, String head, byte[] body) {
    CompletableFuture<Answered> done = new CompletableFuture<>();
    proxy
        .proxy()
        .contexts()
        .getFirst()
        .eventLoop()
        .execute(() -> accept(id(channel), head, body, done));
    return done.orTimeout(SECONDS, TimeUnit.SECONDS).join();
  }

  private void accept(
      ChannelId channel, String head, byte[] body, CompletableFuture<Answered> done) {
    RequestHead parsed = new RequestHead(ProxyLimits.DEFAULT);
    ByteBuf bytes = Unpooled.copiedBuffer(head, ISO_8859_1);
    Rejection refused = parsed.parse(bytes, 0, bytes.readableBytes());
    if (refused != null) {
      done.completeExceptionally(new IllegalArgumentException(refused.details()));
      return;
    }
    ingresses
        .getFirst()
        .accept(
            channel,
            parsed,
            body,
            new IngressAnswer() {
              @Override
              public void answer(OwnAnswer answer) {
                complete(answer);
              }

              @Override
              public void refuse(Rejection rejection, OwnAnswer answer) {
                complete(answer);
              }

              private void complete(OwnAnswer answer) {
                ByteBuf out = Unpooled.buffer();
                answer.write(out, new byte[0], OwnAnswer.Connection.STAYS, true);
                done.complete(new Answered(answer.status(), out.toString(UTF_8)));
              }
            });
  }

  /** POSTs an event in binary mode with more header fields. */
  Answered post(String channel, CloudEvent event, String... fields) {
    StringBuilder head = new StringBuilder("POST / HTTP/1.1\r\nHost: " + host(channel) + "\r\n");
    event
        .attributes()
        .forEach((name, value) -> {
          boolean type = name.equals("datacontenttype");
          head.append(type ? "Content-Type" : "ce-" + name)
              .append(": ")
              .append(value)
              .append("\r\n");
        });
    for (int i = 0; i < fields.length; i += 2) {
      head.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
    }
    byte[] data = event.data();
    byte[] body = data == null ? new byte[0] : data;
    return request(channel, head + "Content-Length: " + body.length + "\r\n\r\n", body);
  }

  long counted(String channel, String uid, DeliveryOutcome outcome) {
    for (ChannelCounts each : engine.counts()) {
      if (each.id().equals(id(channel))) {
        for (ChannelCounts.SubscriptionCounts counts : each.subscriptions()) {
          if (counts.uid().equals(uid)) {
            return counts.outcomes().getOrDefault(outcome, 0L);
          }
        }
      }
    }
    throw new IllegalArgumentException(channel + ": no subscription " + uid);
  }

  long backlog(String channel) {
    for (ChannelCounts each : engine.counts()) {
      if (each.id().equals(id(channel))) {
        return each.subscriptions().stream()
            .mapToLong(ChannelCounts.SubscriptionCounts::backlog)
            .sum();
      }
    }
    throw new IllegalArgumentException(channel + ": no channel");
  }

  @Override
  public void close() {
    engine.close();
    proxy.close();
  }
}
