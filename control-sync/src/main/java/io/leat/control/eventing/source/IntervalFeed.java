package io.leat.control.eventing.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.eventing.source.emit.SourceEvent;
import io.leat.control.eventing.source.emit.SourceTime;
import io.leat.control.module.schema.ParamSchema;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event at once, and then one each time the period has passed; those that a slow Channel made
 * late are left out, not made up for.
 */
final class IntervalFeed implements Feed {
  static final JsonNode SCHEMA =
      ParamSchema.of(
          """
          {'type':'object','required':['period'],'additionalProperties':false,'properties':{
            'period':{'type':'string','minLength':1},
            'data':{},
            'type':{'type':'string','minLength':1},
            'count':{'type':'integer','minimum':1}}}
          """);

  /** Faster than this is no interval but a load. */
  private static final Duration SHORTEST = Duration.ofMillis(10);

  private static final Duration LONGEST = Duration.ofDays(366);

  private final FeedPlace place;
  private final SourceTime time;
  private final Duration period;
  private final long count;
  private final byte @Nullable [] data;
  private long emitted;
  private Instant next;

  IntervalFeed(FeedPlace place) {
    JsonNode arguments = place.arguments();
    this.place = place;
    this.time = place.time();
    this.period = Duration.parse(arguments.path("period").asText());
    this.count = arguments.path("count").asLong(Long.MAX_VALUE);
    JsonNode wanted = arguments.path("data");
    this.data = wanted.isMissingNode() ? null : wanted.toString().getBytes(StandardCharsets.UTF_8);
    this.next = time.now();
  }

  static List<String> problems(JsonNode arguments) {
    return period(arguments, "period", SHORTEST);
  }

  /** What is wrong with a period: ISO 8601, within bounds. */
  static List<String> period(JsonNode arguments, String field, Duration shortest) {
    if (!arguments.has(field)) {
      return List.of();
    }
    String text = arguments.path(field).asText();
    try {
      Duration length = Duration.parse(text);
      boolean fits = length.compareTo(shortest) >= 0 && length.compareTo(LONGEST) <= 0;
      return fits
          ? List.of()
          : List.of(
              field + ": must be from " + shortest + " to " + LONGEST + " (got " + text + ")");
    } catch (DateTimeException | ArithmeticException e) {
      return List.of(field + ": must be a duration of ISO 8601 such as PT10S (got " + text + ")");
    }
  }

  @Override
  public void run(Outlet outlet) throws InterruptedException {
    outlet.healthy();
    while (emitted < count) {
      Instant now = time.now();
      if (now.isBefore(next)) {
        time.pause(Duration.between(now, next));
        continue;
      }
      String contentType = data == null ? null : "application/json";
      outlet.emit(
          new SourceEvent.Made(
              outlet.nextId(), place.spec().source(), place.type(), now, contentType, data));
      emitted++;
      long passed = Duration.between(next, time.now()).dividedBy(period);
      next = next.plus(period.multipliedBy(passed + 1));
    }
  }
}
