package io.leat.proxy.fanout.stored;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.event.CorruptEventException;
import io.leat.proxy.fanout.event.EventBytes;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Records are read and written in the form that earlier versions wrote by a DataOutputStream. */
class StoredBytesTest {
  private static CloudEvent event() {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("specversion", "1.0");
    attributes.put("id", "\u00e9\u20ac\ud83d\ude00");
    attributes.put("source", "/s");
    attributes.put("type", "t");
    attributes.put("odd", "7");
    return new CloudEvent(attributes, "data".getBytes(UTF_8)).with("odd", 7);
  }

  private static byte[] asBefore(StoredEvent stored) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(1);
    for (List<String> texts : List.of(stored.path(), stored.fields())) {
      out.writeShort(texts.size());
      for (String each : texts) {
        out.writeUTF(each);
      }
    }
    byte[] event = EventBytes.write(stored.event());
    out.writeInt(event.length);
    out.write(event);
    return bytes.toByteArray();
  }

  @Test
  void recordIsWhatItWasBefore() throws IOException {
    for (List<String> fields :
        List.of(
            List.<String>of(),
            List.of("knative-x", "plain"),
            List.of("x-b3-a", "\u00e9\u0000\u20ac", "tracestate", "\ud83d\ude00"))) {
      StoredEvent stored = new StoredEvent(event(), List.of("a/b", "c/d"), fields);

      assertThat(stored.record().payload()).isEqualTo(asBefore(stored));
      assertThat(StoredEvent.of(asBefore(stored))).isEqualTo(stored);
    }
  }

  @Test
  void forwardIsReadBackWithWhatLedToIt() {
    StoredEvent original = new StoredEvent(event(), List.of("a/b"), List.of());
    StoredEvent next = new StoredEvent(event().withData(null), List.of("a/b"), List.of("x", "y"));
    StoredEvent.Forward forward = new StoredEvent.Forward("http://h/\u00e9", false, next, original);

    assertThat(StoredEvent.Forward.of(forward.record("u").payload())).isEqualTo(forward);
  }

  @Test
  void tornRecordIsCorruptAtEveryLength() {
    byte[] whole = new StoredEvent(event(), List.of("a/b"), List.of("x", "y")).record().payload();
    for (int length = 0; length < whole.length; length++) {
      byte[] torn = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> StoredEvent.of(torn)).isInstanceOf(CorruptEventException.class);
    }
  }
}
