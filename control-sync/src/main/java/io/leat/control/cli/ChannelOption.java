package io.leat.control.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Which Channel a command is about, and where its server is. */
final class ChannelOption {
  @Mixin private final ServerOption server = new ServerOption();
  @Mixin private final NamespaceOption namespace = new NamespaceOption();

  @Parameters(index = "0", paramLabel = "CHANNEL", description = "Name of the Channel.")
  private String channel = "";

  ChannelOption() {}

  ServerClient client() {
    return server.client();
  }

  /** The path of a view or an action of the Channel. */
  String path(String what) {
    return "/channels/"
        + ServerClient.encoded(namespace.name())
        + "/"
        + ServerClient.encoded(channel)
        + "/"
        + what;
  }
}
