package io.leat.proxy.fanout.stored;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.CorruptEventException;
import io.leat.proxy.fanout.event.EventBytes;
import io.leat.proxy.log.LogRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
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
        stored.write(out);
        out.writeBoolean(original != null);
        if (original != null) {
          original.write(out);
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
        DataInputStream in = open(payload);
        String uri = in.readUTF();
        boolean deadLetter = in.readBoolean();
        StoredEvent stored = read(in);
        StoredEvent original = in.readBoolean() ? read(in) : null;
        return new Forward(uri, deadLetter, stored, original);
      } catch (IOException e) {
        throw new CorruptEventException("forward: " + e.getMessage() + " (expected: version 1)");
      }
    }
  }

  /** The record that every subscription gets. */
  public LogRecord record() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(VERSION);
      write(out);
      String lane = event.attribute("partitionkey");
      return new LogRecord(EVENT, "", lane == null ? "" : lane, bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads the payload of a record.
   *
   * @throws CorruptEventException when it is none
   */
  public static StoredEvent of(byte[] payload) {
    try {
      return read(open(payload));
    } catch (IOException e) {
      throw new CorruptEventException("event: " + e.getMessage() + " (expected: version 1)");
    }
  }

  private static DataInputStream open(byte[] payload) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
    int version = in.readUnsignedByte();
    if (version != VERSION) {
      throw new IOException("version " + version);
    }
    return in;
  }

  private void write(DataOutputStream out) throws IOException {
    writeTexts(path, out);
    writeTexts(fields, out);
    byte[] bytes = EventBytes.write(event);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static void writeTexts(List<String> texts, DataOutputStream out) throws IOException {
    out.writeShort(texts.size());
    for (String each : texts) {
      out.writeUTF(each);
    }
  }

  private static StoredEvent read(DataInputStream in) throws IOException {
    List<String> path = readTexts(in);
    List<String> fields = readTexts(in);
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("length " + length);
    }
    return new StoredEvent(EventBytes.read(in.readNBytes(length)), path, fields);
  }

  private static List<String> readTexts(DataInputStream in) throws IOException {
    int count = in.readUnsignedShort();
    if (count == 0) {
      return List.of();
    }
    List<String> texts = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      texts.add(in.readUTF());
    }
    return texts;
  }
}
