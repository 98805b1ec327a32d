package io.leat.control.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code leat replay}: delivers again what a Channel keeps, or the dead letters in it. */
@Command(
    name = "replay",
    description = {
      "Have a subscription of a Channel go on from another place of its log.",
      "What lies behind the place is delivered again as far as the Channel keeps it.",
      "With --failed CHANNEL holds dead letters: those of the subscription are delivered to it",
      "again, without what was said of the failure, and stay where they are."
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Runnable {
  @Mixin private final ChannelOption channel = new ChannelOption();
  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--subscription",
      required = true,
      paramLabel = "NAME",
      description = "Name of the Subscription.")
  private String subscription = "";

  @Option(
      names = "--from",
      paramLabel = "PLACE",
      description = {
        "beginning, end, an offset, or a time in RFC 3339;",
        "with --failed the beginning unless said."
      })
  private @Nullable String from;

  @Option(names = "--failed", description = "Deliver dead letters again.")
  private boolean failed;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Dead letters to look at, 1 to 1000 (default: ${DEFAULT-VALUE}).")
  private int limit = 1000;

  ReplayCommand() {}

  @Override
  public void run() {
    if (from == null && !failed) {
      throw new CommandFailure(
          ExitCode.USAGE, "name a place by --from, or dead letters by --failed");
    }
    String place = from == null ? "beginning" : from;
    JsonNode answer = ask(failed ? "redrive" : "replay", place, failed ? "&limit=" + limit : "");
    PrintWriter out = terminal.out();
    if (failed) {
      out.println(
          answer.path("events").asInt()
              + " delivered again, "
              + answer.path("skipped").asInt()
              + " of others left");
      if (answer.path("more").asBoolean()) {
        out.println("go on with --from " + answer.path("next").asLong());
      }
    } else {
      out.println(answer.path("subscription").asText() + " goes on from " + place);
    }
    out.flush();
  }

  private JsonNode ask(String action, String place, String more) {
    String query =
        "?subscription="
            + ServerClient.encoded(subscription)
            + "&from="
            + ServerClient.encoded(place)
            + more;
    return channel
        .client()
        .send("POST", channel.path(action) + query, "application/json")
        .required();
  }
}
