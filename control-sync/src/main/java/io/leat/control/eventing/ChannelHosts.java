package io.leat.control.eventing;

import io.leat.control.compile.RouteContributor;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.eventing.ChannelModel;
import io.leat.control.serving.ServingConfig;
import io.leat.control.store.ResourceView;
import io.leat.proxy.table.EventChannel;
import io.leat.proxy.table.RouteAction;
import io.leat.proxy.table.RouteEntry;
import io.leat.proxy.table.RouteMatch;
import io.leat.proxy.table.VirtualHost;
import io.leat.proxy.table.VirtualHost.Visibility;
import java.util.List;
import java.util.Optional;

/** The hosts of a Channel of one face, and the channel that they lead to. */
public final class ChannelHosts implements RouteContributor {
  private static final String CHANNELS = ".channels.";
  private static final int HTTP = 80;

  private final Kind kind;
  private final ServingConfig config;

  /** Hosts of Channels of a kind under the domains of a configuration. */
  public ChannelHosts(Kind kind, ServingConfig config) {
    this.kind = kind;
    this.config = config;
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public List<VirtualHost> hosts(Resource resource, ResourceView view) {
    if (resource.metadata().isDeleting()) {
      return List.of();
    }
    ChannelModel channel = ChannelModel.of(resource);
    List<RouteEntry> entries =
        List.of(
            RouteEntry.of(
                channel.id().toString(), RouteMatch.ALL, new RouteAction.FanOut(channel.id())));
    return List.of(
        VirtualHost.of(external(channel), entries),
        new VirtualHost(
            base(channel) + CHANNELS + config.clusterDomain(), Visibility.CLUSTER_LOCAL, entries),
        new VirtualHost(domain(channel), Visibility.CLUSTER_LOCAL, entries));
  }

  @Override
  public Optional<EventChannel> channel(Resource resource, ResourceView view) {
    return resource.metadata().isDeleting()
        ? Optional.empty()
        : Optional.of(EventChannels.of(resource, view));
  }

  /** {@code orders-channel.default.svc.cluster.local}. */
  String domain(ChannelModel channel) {
    return channel.serviceName()
        + "."
        + channel.key().namespace()
        + ".svc."
        + config.clusterDomain();
  }

  /** {@code http://orders.default.channels.localhost:8080}. */
  String url(ChannelModel channel) {
    String port = config.httpPort() == HTTP ? "" : ":" + config.httpPort();
    return "http://" + external(channel) + port;
  }

  private String external(ChannelModel channel) {
    return base(channel) + CHANNELS + config.domain();
  }

  private static String base(ChannelModel channel) {
    return channel.key().name() + "." + channel.key().namespace();
  }
}
