package io.leat.control.manifest;

import io.leat.control.manifest.rules.Validation;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads YAML (one or more documents) and JSON into resources and problems; immutable, used by any
 * thread.
 *
 * <p>Nothing that a text holds makes it throw: syntax, size, depth, alias bombs and broken UTF-8
 * are problems with a place. Problems that only follow from another one are left out.
 */
public final class ManifestReader {
  /** Bytes of UTF-8 that one file may have. */
  public static final int MAX_BYTES = 2 * 1024 * 1024;

  private static final int MAX_STORED = 8 * MAX_BYTES;

  private final Reading reading;
  private final int maxBytes;

  private ManifestReader(Reading reading, int maxBytes) {
    this.reading = reading;
    this.maxBytes = maxBytes;
  }

  /**
   * How documents are read.
   *
   * @param validation rules to judge by; null for none
   * @param keepsServerFields whether status and what a server assigns count
   * @param tolerant whether unknown fields are dropped rather than a problem
   * @param fresh whether it comes from outside, so that texts with a language are judged
   */
  record Reading(
      @Nullable Validation validation,
      boolean keepsServerFields,
      boolean tolerant,
      boolean fresh) {}

  /**
   * A reader of what users write: rules are checked; status and the fields that a server assigns
   * are accepted and dropped.
   */
  public static ManifestReader forUsers(Validation validation) {
    return new ManifestReader(new Reading(validation, false, false, true), MAX_BYTES);
  }

  /**
   * A reader of what a server keeps or is sent: types are checked, rules are not; status, owners,
   * uid, resourceVersion, generation and creation time are kept.
   */
  public static ManifestReader forServers() {
    return new ManifestReader(new Reading(null, true, false, false), MAX_BYTES);
  }

  /**
   * A reader of what clients of the API send, with what the server adds to it: like that of a
   * store, without rules, which depend on what is stored.
   *
   * @param tolerant whether unknown fields are dropped, and reported beside the resource
   */
  public static ManifestReader forClients(boolean tolerant) {
    return new ManifestReader(new Reading(null, true, tolerant, true), MAX_STORED);
  }

  /**
   * A reader of what a store wrote: as {@link #forServers}, with room for the status and the
   * account of fields that a server adds to what it was sent.
   */
  public static ManifestReader forStorage() {
    return new ManifestReader(new Reading(null, true, false, false), MAX_STORED);
  }

  /** Reads one file's text; a name that ends in {@code .json} is JSON, others YAML. */
  public ManifestSet read(String file, String text) {
    return ManifestSet.join(List.of(readAlone(file, text)));
  }

  /** Reads one file's bytes, which must be UTF-8. */
  public ManifestSet read(String file, byte[] bytes) {
    return ManifestSet.join(List.of(readAlone(file, bytes)));
  }

  /** The same without the rules between resources. */
  ManifestSet readAlone(String file, byte[] bytes) {
    if (bytes.length > maxBytes) {
      return tooLarge(file);
    }
    CharBuffer text = CharBuffer.allocate(bytes.length);
    ByteBuffer input = ByteBuffer.wrap(bytes);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(input, text, true);
    text.flip();
    if (result.isError()) {
      var decoder = new ResourceDecoder(file, reading);
      String bad = String.format(Locale.ROOT, "0x%02x", bytes[input.position()]);
      decoder.problem(end(text), "", "is not UTF-8 (byte " + bad + ")");
      return decoder.result();
    }
    return readAlone(file, text.toString());
  }

  private ManifestSet readAlone(String file, String text) {
    if (text.length() > maxBytes) {
      return tooLarge(file);
    }
    var decoder = new ResourceDecoder(file, reading);
    String content = text.startsWith("\ufeff") ? text.substring(1) : text;
    try {
      if (isJson(file, content)) {
        JsonDocuments.parse(content, decoder::document);
      } else {
        YamlDocuments.parse(content, decoder::document);
      }
    } catch (DocumentException e) {
      decoder.problem(e.place(), "", e.text());
    }
    return decoder.result();
  }

  private ManifestSet tooLarge(String file) {
    var decoder = new ResourceDecoder(file, reading);
    decoder.problem(new Place(0, 0), "", "is larger than " + maxBytes + " bytes");
    return decoder.result();
  }

  private static boolean isJson(String file, String text) {
    String name = file.toLowerCase(Locale.ROOT);
    if (name.endsWith(".json")) {
      return true;
    }
    // Without a name to go by, an opening brace means JSON, as for other Kubernetes tools.
    return !name.endsWith(".yaml") && !name.endsWith(".yml") && text.stripLeading().startsWith("{");
  }

  private static Place end(CharBuffer text) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\n') {
        line++;
        column = 1;
      } else {
        column++;
      }
    }
    return new Place(line, column);
  }
}
