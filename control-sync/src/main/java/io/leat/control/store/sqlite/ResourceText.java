package io.leat.control.store.sqlite;

import io.leat.control.manifest.ManifestReader;
import io.leat.control.manifest.ManifestSet;
import io.leat.control.manifest.StoredJson;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Resource;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Resources as the text that is stored: the JSON that the API shows, status and all. */
final class ResourceText {
  private static final ManifestReader READER = ManifestReader.forStorage();
  private static final String NUL = "\\u0000";

  private ResourceText() {}

  /** A text that no resource could be read from. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message);
    }
  }

  static String write(Resource resource) {
    String json = ResourceJson.write(resource);
    return json.contains(NUL) ? withoutNul(json) : json;
  }

  static Resource read(byte[] utf8) throws UnreadableException {
    return read(utf8, new StoredJson());
  }

  /** Reads with a reader that remembers what earlier texts had in common. */
  static Resource read(byte[] utf8, StoredJson quick) throws UnreadableException {
    Optional<Resource> read = quick.read(utf8);
    return read.isPresent() ? read.get() : read(new String(utf8, StandardCharsets.UTF_8));
  }

  static Resource read(String json) throws UnreadableException {
    ManifestSet set = READER.read("stored.json", json);
    if (!set.isValid()) {
      throw new UnreadableException(set.problems().getFirst().toString());
    }
    if (set.manifests().size() != 1) {
      throw new UnreadableException("it holds " + set.manifests().size() + " resources");
    }
    return set.manifests().getFirst().resource();
  }

  /** A check sum that shows a bit that changed on disk. */
  static long crc(byte[] utf8) {
    CRC32C crc = new CRC32C();
    crc.update(utf8);
    return crc.getValue();
  }

  /**
   * Output of a failed program may hold NUL, which readers of documents refuse: a store must not
   * become unreadable for that.
   */
  private static String withoutNul(String json) {
    StringBuilder clean = new StringBuilder(json.length());
    int i = 0;
    while (i < json.length()) {
      if (json.startsWith(NUL, i)) {
        clean.append('\ufffd');
        i += NUL.length();
      } else if (json.charAt(i) == '\\') {
        clean.append(json, i, i + 2);
        i += 2;
      } else {
        clean.append(json.charAt(i++));
      }
    }
    return clean.toString();
  }
}
