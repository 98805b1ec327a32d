package io.leat.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.table.ChannelId;
import io.leat.proxy.table.ChannelStorage;
import io.leat.proxy.table.ChannelSubscriber;
import io.leat.proxy.table.DeliveryPolicy;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.SubscriptionRole;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TableJsonTest {

  @Test
  void writesTheWholeTable() {
    assertThat(written(null))
        .isEqualTo(
            """
            {"version":7,"hash":"HASH","virtualHosts":[\
            {"host":"shop.default.localhost","visibility":"external","entries":[\
            {"route":"default/shop","match":{"kind":"literal","prefix":"/","headers":[]},\
            "action":{"type":"split","targets":[\
            {"revision":"default/shop-00001","weight":90,"setHeaders":{"x-variant":"a"}},\
            {"revision":"default/shop-00002","weight":10,"setHeaders":{}}]},\
            "setHeaders":{"x-route":"shop"},"rewriteHost":"inner.example"},\
            {"route":"default/shop","match":{"kind":"segment","prefix":"/old",\
            "headers":[{"name":"x-beta","value":"1"}]},\
            "action":{"type":"redirect","status":301,"scheme":"https","authority":null,\
            "path":"/new"},"setHeaders":{},"rewriteHost":null}]},\
            {"host":"blog.other.localhost","visibility":"external","entries":[\
            {"route":"other/blog","match":{"kind":"literal","prefix":"/","headers":[]},\
            "action":{"type":"split","targets":[\
            {"revision":"other/blog-00001","weight":100,"setHeaders":{}}]},\
            "setHeaders":{},"rewriteHost":null}]},\
            {"host":"orders.default.channels.localhost","visibility":"external","entries":[\
            {"route":"default/orders","match":{"kind":"literal","prefix":"/","headers":[]},\
            "action":{"type":"fanOut","channel":"default/orders"},\
            "setHeaders":{},"rewriteHost":null}]}],\
            "revisions":[\
            {"name":"shop-00001","namespace":"default","state":"serving","endpoints":[\
            {"address":"127.0.0.1:8001","state":"ready","protocol":"http1"},\
            {"address":"[::1]:8002","state":"draining","protocol":"h2c"}],\
            "limits":{"containerConcurrency":10,"timeoutSeconds":300.0,\
            "responseStartTimeoutSeconds":300.0,"idleTimeoutSeconds":0.0},\
            "inFlight":0,"waiting":0},\
            {"name":"shop-00002","namespace":"default","state":"dormant","endpoints":[],\
            "limits":{"containerConcurrency":0,"timeoutSeconds":300.0,\
            "responseStartTimeoutSeconds":300.0,"idleTimeoutSeconds":0.0},\
            "inFlight":0,"waiting":0},\
            {"name":"blog-00001","namespace":"other","state":"unavailable",\
            "reason":"image \\"gone\\"","endpoints":[],\
            "limits":{"containerConcurrency":0,"timeoutSeconds":300.0,\
            "responseStartTimeoutSeconds":300.0,"idleTimeoutSeconds":0.0},\
            "inFlight":0,"waiting":0}],\
            "channels":[{"name":"orders","namespace":"default",\
            "host":"orders.default.channels.localhost"}]}\
            """
                .replace("HASH", HexFormat.of().toHexDigits(TableFixture.table().hash())));
  }

  @Test
  void oneHostBringsTheRevisionsThatItNames() {
    assertThat(written("Blog.other.localhost"))
        .contains("\"host\":\"blog.other.localhost\"", "\"name\":\"blog-00001\"")
        .doesNotContain("shop", "orders");
    assertThat(written("nobody.localhost"))
        .endsWith("\"virtualHosts\":[],\"revisions\":[],\"channels\":[]}");
  }

  @Test
  void aChannelShowsWhoGetsItsEvents() {
    StringBuilder out = new StringBuilder();
    ChannelSubscriber subscriber =
        new ChannelSubscriber(
            "u-1",
            "default/billing",
            3,
            SubscriptionRole.TRANSFORMER,
            "http://biller/",
            "http://bills/",
            Map.of(),
            DeliveryPolicy.DEFAULT,
            null,
            false,
            null);
    ChannelId id = new ChannelId("default", "orders");
    new ChannelJson(new JsonWriter(out))
        .write(
            id, "orders.test", new EventChannel(id, ChannelStorage.DEFAULT, List.of(subscriber)));
    assertThat(out.toString())
        .isEqualTo(
            """
            {"name":"orders","namespace":"default","host":"orders.test",\
            "storage":{"provisioner":"log","durability":"fsync","maxBytes":10737418240,\
            "maxAgeSeconds":604800,"breach":"block"},\
            "subscribers":[{"uid":"u-1","name":"default/billing","generation":3,\
            "role":"transformer","call":"http://biller/","reply":"http://bills/","routes":{},\
            "retries":0,"deadLetter":null,"ordered":false,"parallelism":64}]}\
            """);
  }

  private static String written(@Nullable String host) {
    StringBuilder out = new StringBuilder();
    new TableJson(new JsonWriter(out), host).write(TableFixture.view());
    return out.toString();
  }
}
