package io.leat.proxy.upstream;

import io.netty.channel.ChannelFactory;
import io.netty.channel.socket.SocketChannel;

/**
 * How connections to endpoints are made; the same for all event loops.
 *
 * @param channels makes an unconnected channel of the transport in use
 * @param resolver resolves the names of endpoints
 * @param movesChannels whether a connected channel can go from one event loop to another
 */
public record UpstreamTransport(
    ChannelFactory<? extends SocketChannel> channels,
    HostResolver resolver,
    boolean movesChannels) {}
