package io.leat.proxy.admin;

import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.EventChannel;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the channels of the live table as JSON. */
final class ChannelJson {
  private final JsonWriter json;

  ChannelJson(JsonWriter json) {
    this.json = json;
  }

  /**
   * One channel.
   *
   * @param host the first host that leads to it
   * @param channel null when a host names a channel that the table does not have
   */
  void write(ChannelId id, String host, @Nullable EventChannel channel) {
    json.beginObject();
    json.name("name").value(id.name());
    json.name("namespace").value(id.namespace());
    json.name("host").value(host);
    if (channel != null) {
      json.name("storage");
      storage(channel.storage());
      json.name("subscribers").beginArray();
      channel.subscribers().forEach(this::subscriber);
      json.endArray();
    }
    json.endObject();
  }

  private void storage(ChannelStorage storage) {
    json.beginObject();
    json.name("provisioner").value(storage.provisioner());
    json.name("durability").value(lower(storage.durability()));
    json.name("maxBytes").value(storage.maxBytes());
    json.name("maxAgeSeconds").value(storage.maxAge().toSeconds());
    json.name("breach").value(lower(storage.breach()));
    if (storage.dedup() != null) {
      json.name("dedupWindowSeconds").value(storage.dedup().window().toSeconds());
      json.name("dedupEvents").value(storage.dedup().events());
    }
    json.endObject();
  }

  private void subscriber(ChannelSubscriber subscriber) {
    json.beginObject();
    json.name("uid").value(subscriber.uid());
    json.name("name").value(subscriber.name());
    json.name("generation").value(subscriber.generation());
    json.name("role").value(lower(subscriber.role()));
    json.name("call").value(subscriber.call());
    json.name("reply").value(subscriber.reply());
    json.name("routes").beginObject();
    for (Map.Entry<String, String> route : subscriber.routes().entrySet()) {
      json.name(route.getKey()).value(route.getValue());
    }
    json.endObject();
    DeliveryPolicy delivery = subscriber.delivery();
    json.name("retries").value(delivery.retries());
    json.name("deadLetter").value(delivery.deadLetter());
    json.name("ordered").value(delivery.ordered());
    json.name("parallelism").value(delivery.parallelism());
    json.endObject();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
