package io.leat.proxy.fanout.stored;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.CorruptEventException;
import io.leat.proxy.fanout.event.EventBytes;
import io.leat.proxy.log.LogRecord;
import io.leat.proxy.log.RecordIdentity;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event as a Channel's log keeps it: with the Channels it has passed and the header fields that
 * travel with it.
 *
 * <p>A record of kind {@link #EVENT} is a version byte and an event; one of kind {@link #FORWARD} a
 * version byte, the URI that it goes to, whether that is a dead letter sink, the event, and maybe
 * the event that led to it. A text is an unsigned short and as many bytes of modified UTF-8; the
 * path and the fields are a count and texts; the bytes of {@link EventBytes} follow an int length.
 *
 * @param path of {@code namespace/name}, oldest first, this Channel last
 * @param fields names and values, alternating
 */
public record StoredEvent(CloudEvent event, List<String> path, List<String> fields) {
  /** The kind of records that are for every subscription. */
  public static final byte EVENT = 1;

  /** The kind of records that are one subscription's events on their way to one place. */
  public static final byte FORWARD = 2;

  /** The kind of records that remember a group that is closed. */
  public static final byte TOMBSTONE = 3;

  /** The kind of records that remember many groups that are closed. */
  public static final byte TOMBSTONES = 4;

  private static final byte VERSION = 1;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** Copies the lists. */
  public StoredEvent {
    path = List.copyOf(path);
    fields = List.copyOf(fields);
  }

  /**
   * An event on its way to one place.
   *
   * @param deadLetter whether the place is a dead letter sink, which is tried until it takes it
   * @param original what is dead-lettered when the place does not take the event, null for itself
   */
  public record Forward(
      String uri, boolean deadLetter, StoredEvent stored, @Nullable StoredEvent original) {

    /** The record for one cursor. */
    public LogRecord record(String cursor) {
      try {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(VERSION);
        out.writeUTF(uri);
        out.writeBoolean(deadLetter);
        out.write(stored.bytes(0));
        out.writeBoolean(original != null);
        if (original != null) {
          out.write(original.bytes(0));
        }
        return new LogRecord(FORWARD, cursor, bytes.toByteArray());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /**
     * Reads the payload of a record.
     *
     * @throws CorruptEventException when it is none
     */
    public static Forward of(byte[] payload) {
      try {
        StoredText in = new StoredText(payload, VERSION);
        String uri = in.text();
        boolean deadLetter = in.flag();
        StoredEvent stored = read(in);
        StoredEvent original = in.flag() ? read(in) : null;
        return new Forward(uri, deadLetter, stored, original);
      } catch (IOException e) {
        throw new CorruptEventException("forward: " + e.getMessage() + " (expected: version 1)");
      }
    }
  }

  /** The record that every subscription gets. */
  public LogRecord record() {
    byte[] bytes = bytes(1);
    bytes[0] = VERSION;
    String lane = event.attribute("partitionkey");
    return new LogRecord(EVENT, "", lane == null ? "" : lane, bytes);
  }

  /**
   * Reads the payload of a record.
   *
   * @throws CorruptEventException when it is none
   */
  public static StoredEvent of(byte[] payload) {
    try {
      return read(new StoredText(payload, VERSION));
    } catch (IOException e) {
      throw new CorruptEventException("event: " + e.getMessage() + " (expected: version 1)");
    }
  }

  /**
   * Whether two records are the same event: their sources and their ids are equal. A dead letter is
   * the same as nothing, since each tells of a failure of its own.
   */
  public static @Nullable RecordIdentity identity(byte kind, byte[] payload) {
    if (kind != EVENT) {
      return null;
    }
    CloudEvent event = of(payload).event();
    if (event.attribute("knativeerrordest") != null) {
      return null;
    }
    byte[] source = event.source().getBytes(UTF_8);
    MessageDigest digest = sha256();
    digest.update(source);
    // No text of an event has it.
    digest.update((byte) 0);
    byte[] made = digest.digest(event.id().getBytes(UTF_8));
    return new RecordIdentity((long) LONG.get(made, 0), (long) LONG.get(made, Long.BYTES));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Path, fields and event, behind some bytes that are left to the caller. */
  private byte[] bytes(int before) {
    int size = EventBytes.sizeOf(event);
    int at = before + StoredText.sizeOf(path) + StoredText.sizeOf(fields);
    byte[] bytes = new byte[at + 4 + size];
    StoredText.put(fields, bytes, StoredText.put(path, bytes, before));
    INT.set(bytes, at, size);
    EventBytes.write(event, bytes, at + 4);
    return bytes;
  }

  private static StoredEvent read(StoredText in) throws IOException {
    List<String> path = in.texts();
    List<String> fields = in.texts();
    int length = in.length();
    int from = in.skip(length);
    return new StoredEvent(EventBytes.read(in.bytes(), from, from + length), path, fields);
  }
}
