package io.leat.proxy.fanout.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Draws valid events with odd texts, and damages bytes; prints its seed. */
public final class RandomEvents {
  private static final String[] TYPES = {
    "application/json",
    "application/json; charset=utf-8",
    "application/problem+json",
    "text/plain",
    "text/xml; charset=\"utf-8\"",
    "application/octet-stream"
  };

  private final Random chance;

  private RandomEvents(Random chance) {
    this.chance = chance;
  }

  /** Draws by {@code -Dleat.seed}, or by a new seed. */
  public static RandomEvents seeded(Class<?> test) {
    long seed = Long.getLong("leat.seed", System.nanoTime());
    System.out.println(test.getSimpleName() + ": -Dleat.seed=" + seed);
    return new RandomEvents(new Random(seed));
  }

  /** Where everything is drawn from. */
  public Random chance() {
    return chance;
  }

  /** An event with strings only, as in binary mode. */
  public CloudEvent strings() {
    return event(false);
  }

  /** An event that may have integers and booleans. */
  public CloudEvent any() {
    return event(true);
  }

  private CloudEvent event(boolean withLiterals) {
    boolean v1 = chance.nextInt(4) != 0;
    Map<String, String> attributes = new LinkedHashMap<>();
    Set<String> literals = new HashSet<>();
    attributes.put("specversion", v1 ? "1.0" : "0.3");
    attributes.put("id", text(1));
    attributes.put("source", "/" + Integer.toHexString(chance.nextInt()) + "?a=b%20c#f");
    attributes.put("type", text(1));
    if (chance.nextBoolean()) {
      attributes.put("subject", text(1));
    }
    if (chance.nextBoolean()) {
      attributes.put("time", "2026-0" + (1 + chance.nextInt(9)) + "-28T23:59:59.12Z");
    }
    if (chance.nextInt(3) == 0) {
      attributes.put(v1 ? "dataschema" : "schemaurl", "http://x/" + chance.nextInt(100));
    }
    for (int i = chance.nextInt(5); i > 0; i--) {
      String name = "ext" + chance.nextInt(1000);
      int form = withLiterals ? chance.nextInt(4) : 0;
      attributes.put(name, form < 2 ? text(0) : form == 2 ? "" + chance.nextInt() : "true");
      if (form >= 2) {
        literals.add(name);
      } else {
        literals.remove(name);
      }
    }
    byte[] data = null;
    if (chance.nextInt(5) != 0) {
      String type = TYPES[chance.nextInt(TYPES.length)];
      attributes.put("datacontenttype", type);
      data = data(type);
    }
    return new CloudEvent(attributes, literals, data);
  }

  private byte[] data(String type) {
    if (type.contains("json")) {
      String member = "{\"a\":[1,true,\"x\"],\"b\":{\"c\":" + chance.nextInt() + "}}";
      return member.getBytes(StandardCharsets.UTF_8);
    }
    if (type.startsWith("text")) {
      return text(1).getBytes(StandardCharsets.UTF_8);
    }
    byte[] bytes = new byte[1 + chance.nextInt(64)];
    chance.nextBytes(bytes);
    return bytes;
  }

  /** A text of CloudEvents: no control characters, no noncharacters, no lone surrogates. */
  private String text(int least) {
    StringBuilder text = new StringBuilder();
    for (int i = least + chance.nextInt(12); i > 0; i--) {
      int next =
          switch (chance.nextInt(5)) {
            case 0 -> 0x20 + chance.nextInt(0x5F);
            case 1 -> 0xA0 + chance.nextInt(0x700);
            case 2 -> 0x4E00 + chance.nextInt(0x1000);
            case 3 -> 0x1F600 + chance.nextInt(0x40);
            default -> "\"%\\,; '~!+".charAt(chance.nextInt(10));
          };
      text.appendCodePoint(next);
    }
    return text.toString();
  }

  /** The bytes with one to four changes: flips, cuts, doublings, and characters of JSON. */
  public byte[] mutated(byte[] original) {
    byte[] bytes = original.clone();
    for (int i = 1 + chance.nextInt(4); i > 0 && bytes.length > 0; i--) {
      int at = chance.nextInt(bytes.length);
      switch (chance.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << chance.nextInt(8));
        case 1 -> bytes = Arrays.copyOf(bytes, at);
        case 2 -> bytes[at] = (byte) "{}[]\",:\\u0e-".charAt(chance.nextInt(12));
        default -> {
          byte[] longer = Arrays.copyOf(bytes, bytes.length + 3);
          System.arraycopy(bytes, at, longer, Math.min(at + 3, bytes.length), bytes.length - at);
          bytes = longer;
        }
      }
    }
    return bytes;
  }
}
