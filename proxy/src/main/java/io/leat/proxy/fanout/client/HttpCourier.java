package io.leat.proxy.fanout.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.leat.proxy.fanout.delivery.Courier;
import io.leat.proxy.http.Rejection;
import io.leat.proxy.http1.RequestHead;
import io.leat.proxy.routing.LiveAction;
import io.leat.proxy.routing.LiveEntry;
import io.leat.proxy.routing.LiveSplit;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.routing.LiveTarget;
import io.leat.proxy.upstream.LoopContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends events from one event loop: as requests like any other when the live table knows the host,
 * so that they wait for a revision that sleeps, else to the host itself.
 *
 * <p>Used by that event loop only.
 */
public final class HttpCourier implements Courier {
  private static final int DESTINATIONS = 1024;
  private static final int HEAD_BYTES = 1024;
  private static final byte[] END = {'\r', '\n'};

  private final LoopContext loop;
  private final LiveTable table;
  private final RequestHead parsed;
  private final Set<EventPost> running = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<String, Destination> destinations =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Destination> eldest) {
          return size() > DESTINATIONS;
        }
      };

  private byte[] scratch = new byte[256];
  private boolean stopped;

  /** A courier of one event loop. */
  public HttpCourier(LoopContext loop, LiveTable table) {
    this.loop = loop;
    this.table = table;
    this.parsed = new RequestHead(loop.limits());
  }

  @Override
  public void send(Parcel parcel, Consumer<Attempt> ended) {
    if (stopped) {
      ended.accept(new Attempt.NotTried(Rejection.DRAINING));
      return;
    }
    Destination destination = destination(parcel.uri());
    if (destination == null) {
      ended.accept(new Attempt.Failed(Rejection.NO_ROUTE));
      return;
    }
    ByteBuf head = ByteBufAllocator.DEFAULT.directBuffer(HEAD_BYTES);
    write(destination, parcel, head);
    Rejection refused = parsed.parse(head, head.readerIndex(), head.readableBytes());
    if (refused != null) {
      head.release();
      ended.accept(new Attempt.Failed(refused));
      return;
    }
    LiveEntry entry = table.current().dispatch(parsed, false);
    if (entry == null) {
      post(parcel, destination.outside(), head, true, ended);
      return;
    }
    switch (entry.action()) {
      case LiveSplit split -> {
        if (entry.policy().admits(loop.now())) {
          LiveTarget target = entry.policy().pick(split, parsed, loop.index());
          route(entry, target, head);
          post(parcel, target, head, false, ended);
        } else {
          head.release();
          ended.accept(new Attempt.NotTried(Rejection.RATE_LIMITED));
        }
      }
      case LiveAction.Respond respond -> {
        head.release();
        answer(respond.action().status(), ended);
      }
      case LiveAction.Redirect redirect -> {
        head.release();
        answer(redirect.action().status(), ended);
      }
      case LiveAction.FanOut fanOut -> {
        // A Channel that this process has is reached without HTTP; it is being set up.
        head.release();
        ended.accept(new Attempt.NotTried(Rejection.CHANNEL_UNAVAILABLE));
      }
    }
  }

  private static void answer(int status, Consumer<Attempt> ended) {
    ended.accept(new Attempt.Answered(status, Map.of(), new byte[0]));
  }

  private @Nullable Destination destination(String uri) {
    Destination known = destinations.get(uri);
    if (known == null) {
      known = Destination.of(uri);
      if (known != null) {
        destinations.put(uri, known);
      }
    }
    return known;
  }

  private void post(
      Parcel parcel, LiveTarget target, ByteBuf head, boolean outside, Consumer<Attempt> ended) {
    EventPost post = new EventPost(this, loop, parcel, outside, ended);
    running.add(post);
    post.start(target, head, parsed);
  }

  void ended(EventPost post) {
    running.remove(post);
  }

  @Override
  public void stop() {
    stopped = true;
    List.copyOf(running).forEach(EventPost::stop);
    running.clear();
  }

  private void write(Destination destination, Parcel parcel, ByteBuf out) {
    out.writeBytes(destination.requestLine());
    List<String> fields = parcel.fields();
    for (int i = 0; i < fields.size(); i += 2) {
      line(fields.get(i), fields.get(i + 1), out);
    }
    line("content-length", Integer.toString(parcel.body().length), out);
    out.writeBytes(END);
  }

  private void line(String name, String value, ByteBuf out) {
    int length = name.length() + value.length() + 2 * END.length;
    if (length > scratch.length) {
      scratch = new byte[length];
    }
    int at = put(name, 0);
    scratch[at++] = ':';
    scratch[at++] = ' ';
    at = put(value, at);
    scratch[at++] = '\r';
    scratch[at++] = '\n';
    out.writeBytes(scratch, 0, at);
  }

  /** Texts of a head have one char per byte. */
  private int put(String text, int from) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char next = text.charAt(i);
      scratch[from + i] = next > 0xFF ? (byte) '?' : (byte) next;
    }
    return from + length;
  }

  /** Adds what the route says, which the endpoint gets but the route was not chosen by. */
  private static void route(LiveEntry entry, LiveTarget target, ByteBuf head) {
    byte[][] set = target.setHeaders();
    byte[] lines = entry.policy().requestEdit().lines();
    String host = entry.entry().rewriteHost();
    if (set.length == 0 && lines.length == 0 && host == null) {
      return;
    }
    if (host != null) {
      rewriteHost(head, host);
    }
    head.writerIndex(head.writerIndex() - END.length);
    for (int i = 0; i < set.length; i += 2) {
      head.writeBytes(set[i]).writeByte(':').writeByte(' ').writeBytes(set[i + 1]);
      head.writeBytes(END);
    }
    head.writeBytes(lines);
    head.writeBytes(END);
  }

  private static void rewriteHost(ByteBuf head, String host) {
    String text = head.toString(ISO_8859_1);
    int from = text.indexOf("\r\nHost: ") + 8;
    int to = text.indexOf("\r\n", from);
    head.clear();
    head.writeCharSequence(text.substring(0, from) + host + text.substring(to), ISO_8859_1);
  }
}
