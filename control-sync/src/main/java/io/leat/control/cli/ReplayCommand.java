package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code leat replay}: delivers again what a Channel keeps. */
@Command(
    name = "replay",
    description = {
      "Have a subscription of a Channel go on from another place of its log.",
      "What lies behind the place is delivered again as far as the Channel keeps it."
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Runnable {
  @Mixin private final ChannelOption channel = new ChannelOption();
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--subscription",
      required = true,
      paramLabel = "NAME",
      description = "Name of the Subscription.")
  private String subscription = "";

  @Option(
      names = "--from",
      required = true,
      paramLabel = "PLACE",
      description = "beginning, end, an offset, or a time in RFC 3339.")
  private String from = "";

  ReplayCommand() {}

  @Override
  public void run() {
    if (spec == null) {
      throw new IllegalStateException("not started by the command line");
    }
    String query =
        "?subscription="
            + ServerClient.encoded(subscription)
            + "&from="
            + ServerClient.encoded(from);
    JsonNode answer =
        channel
            .client()
            .send("POST", channel.path("replay") + query, "application/json")
            .required();
    spec.commandLine()
        .getOut()
        .println(answer.path("subscription").asText() + " goes on from " + from);
    spec.commandLine().getOut().flush();
  }
}
