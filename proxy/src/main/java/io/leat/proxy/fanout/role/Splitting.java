package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.EventReader.ElementDefaults;
import io.leat.proxy.fanout.event.EventReading;
import io.leat.proxy.fanout.event.EventReading.Events;
import io.leat.proxy.fanout.event.EventReading.Kind;
import io.leat.proxy.fanout.event.EventReading.Unreadable;
import io.leat.proxy.fanout.json.JsonScanner;
import io.leat.proxy.fanout.role.RoleOutcome.Done;
import io.leat.proxy.fanout.role.RoleOutcome.Forward;
import io.leat.proxy.fanout.role.RoleOutcome.Hop;
import io.leat.proxy.fanout.role.RoleOutcome.Violation;
import io.leat.proxy.table.ChannelSubscriber;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes several events of one: those that a splitter answered, or the elements of a JSON array. */
final class Splitting {
  /** How many events one may become. */
  static final int MAX_EVENTS = 1000;

  private static final int DEPTH = 256;
  private static final String JSON = "application/json";

  private Splitting() {}

  static RoleOutcome decide(ChannelSubscriber to, CloudEvent event, Reply reply) {
    if (to.reply() == null || reply.isEmpty()) {
      return new Done();
    }
    ElementDefaults defaults = new ElementDefaults(event.id(), event.source());
    EventReading reading = RoleReplies.READER.read(reply.source(), reply.body(), defaults);
    return switch (reading) {
      case Events events -> forward(to.reply(), event, events.events());
      case Unreadable unreadable when unreadable.kind() == Kind.TOO_LARGE ->
          new Violation(Breach.TOO_MANY_EVENTS, unreadable.problem());
      case Unreadable unreadable -> RoleReplies.violation(unreadable);
    };
  }

  /** Splits the data by the path {@code $}, or {@code $.name}, or {@code $.name.name}. */
  static RoleOutcome locally(ChannelSubscriber to, CloudEvent event) {
    if (to.reply() == null) {
      return new Done();
    }
    byte[] data = event.data();
    String mediaType = event.attribute("datacontenttype");
    if (data == null || (mediaType != null && !JsonReplies.isJson(mediaType))) {
      return new Violation(Breach.SPLIT_PATH, "no JSON data");
    }
    String path = Objects.requireNonNull(to.splitPath());
    if ((!path.equals("$") && !path.startsWith("$.")) || !JsonScanner.isText(data, DEPTH)) {
      return new Violation(Breach.SPLIT_PATH, "data that is not JSON, or a path without $");
    }
    JsonScanner scanner = new JsonScanner(data, DEPTH);
    String[] names = path.equals("$") ? new String[0] : path.substring(2).split("\\.", -1);
    for (String name : names) {
      if (!member(scanner, name)) {
        return new Violation(Breach.SPLIT_PATH, "nothing where the path points to");
      }
    }
    return elements(to.reply(), event, data, scanner);
  }

  private static boolean member(JsonScanner scanner, String wanted) {
    if (scanner.peek() != JsonScanner.Kind.OBJECT) {
      return false;
    }
    scanner.enterObject();
    String name = scanner.nextName();
    while (name != null && !name.equals(wanted)) {
      scanner.skip();
      name = scanner.nextName();
    }
    return name != null;
  }

  private static RoleOutcome elements(
      String reply, CloudEvent event, byte[] data, JsonScanner scanner) {
    if (scanner.peek() != JsonScanner.Kind.ARRAY) {
      return new Violation(Breach.SPLIT_PATH, "no array where the path points to");
    }
    scanner.enterArray();
    CloudEvent template =
        event.attribute("datacontenttype") == null ? event.with("datacontenttype", JSON) : event;
    List<CloudEvent> parts = new ArrayList<>();
    while (scanner.nextElement() && scanner.skip()) {
      if (parts.size() == MAX_EVENTS) {
        return new Violation(
            Breach.TOO_MANY_EVENTS, "more elements (expected: at most " + MAX_EVENTS + ")");
      }
      byte[] element = Arrays.copyOfRange(data, scanner.valueStart(), scanner.valueEnd());
      parts.add(template.with("id", event.id() + "." + parts.size()).withData(element));
    }
    return forward(reply, event, parts);
  }

  private static RoleOutcome forward(String reply, CloudEvent parent, List<CloudEvent> parts) {
    if (parts.isEmpty()) {
      return new Done();
    }
    Set<List<String>> identities = HashSet.newHashSet(parts.size());
    String splitId = splitId(parent);
    List<Hop> hops = new ArrayList<>(parts.size());
    for (CloudEvent part : parts) {
      if (!identities.add(List.of(part.source(), part.id()))) {
        return new Violation(
            Breach.DUPLICATE_EVENT, "element " + hops.size() + " has source and id of another");
      }
      hops.add(new Hop(reply, stamped(part, parent, splitId, hops.size(), parts.size())));
    }
    return new Forward(hops);
  }

  private static CloudEvent stamped(
      CloudEvent part, CloudEvent parent, String splitId, int index, int size) {
    @Nullable String correlation = parent.attribute("correlationid");
    return part.with("knativesplitid", splitId)
        .with("knativesplitindex", index)
        .with("knativesplitsize", size)
        .with("causationid", parent.id())
        .with("correlationid", correlation == null ? parent.id() : correlation);
  }

  static String splitId(CloudEvent parent) {
    return hash(parent.source(), parent.id());
  }

  /** The first 128 bits of SHA-256 over two texts and a zero byte between, in hexadecimal. */
  static String hash(String first, String second) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
    digest.update(first.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    byte[] hash = digest.digest(second.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash, 0, 16);
  }
}
