package io.leat.control.eventing.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.eventing.source.emit.SourceEvent;
import io.leat.control.eventing.source.emit.TimedExchange;
import io.leat.control.module.schema.ParamSchema;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The document at a URL: an event with all of it when it is not what it was, also over a restart.
 */
final class HttpPollFeed implements Feed {
  static final JsonNode SCHEMA =
      ParamSchema.of(
          """
          {'type':'object','required':['url','period'],'additionalProperties':false,'properties':{
            'url':{'type':'string','minLength':1},
            'period':{'type':'string','minLength':1},
            'headers':{'type':'object'},
            'timeout':{'type':'string','minLength':1},
            'type':{'type':'string','minLength':1}}}
          """);

  /** Largest document. */
  static final int MAX_BYTES = 1024 * 1024;

  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final String TIMEOUT = "PT10S";
  private static final String SHA_256 = "sha256";
  private static final String ETAG = "etag";

  private final FeedPlace place;
  private final HttpRequest request;
  private final Duration period;
  private final Duration timeout;

  HttpPollFeed(FeedPlace place) {
    JsonNode arguments = place.arguments();
    this.place = place;
    this.request = request(arguments).build();
    this.period = Duration.parse(arguments.path("period").asText());
    this.timeout = Duration.parse(arguments.path("timeout").asText(TIMEOUT));
  }

  static List<String> problems(JsonNode arguments) {
    List<String> problems = new ArrayList<>(IntervalFeed.period(arguments, "period", SHORTEST));
    problems.addAll(IntervalFeed.period(arguments, "timeout", SHORTEST));
    for (var header : arguments.path("headers").properties()) {
      if (!header.getValue().isTextual()) {
        problems.add("headers." + header.getKey() + ": must be of type string");
      }
    }
    try {
      request(arguments);
    } catch (IllegalArgumentException e) {
      problems.add("url or headers: " + e.getMessage());
    }
    return problems;
  }

  private static HttpRequest.Builder request(JsonNode arguments) {
    URI uri = URI.create(arguments.path("url").asText());
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    for (var header : arguments.path("headers").properties()) {
      request.setHeader(header.getKey(), header.getValue().asText());
    }
    return request;
  }

  @Override
  public void run(Outlet outlet) throws IOException, InterruptedException {
    while (true) {
      poll(outlet);
      outlet.healthy();
      place.time().pause(period);
    }
  }

  private void poll(Outlet outlet) throws IOException, InterruptedException {
    JsonNode known = known();
    HttpRequest.Builder asked = HttpRequest.newBuilder(request, (_, _) -> true);
    String before = known.path(ETAG).asText("");
    if (!before.isEmpty()) {
      asked.setHeader("if-none-match", before);
    }
    HttpResponse<byte[]> answer =
        TimedExchange.send(
            place.shared().client(),
            asked.build(),
            BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BYTES),
            timeout);
    if (answer.statusCode() == 304 && !before.isEmpty()) {
      return;
    }
    if (answer.statusCode() != 200) {
      throw new IOException("GET " + request.uri() + " answered " + answer.statusCode());
    }
    String sum = sum(answer.body());
    String etag = answer.headers().firstValue(ETAG).orElse("");
    boolean changed = !sum.equals(known.path(SHA_256).asText());
    if (changed) {
      outlet.emit(event(outlet.nextId(), answer));
    }
    if (changed || !etag.equals(before)) {
      ObjectNode state = JsonNodeFactory.instance.objectNode();
      state.put("url", request.uri().toString()).put(SHA_256, sum).put(ETAG, etag);
      place.state().write(state);
    }
  }

  /** What is known of the last document of this URL. */
  private JsonNode known() throws IOException {
    JsonNode state = place.state().read();
    boolean same = state.path("url").asText().equals(request.uri().toString());
    return same ? state : JsonNodeFactory.instance.missingNode();
  }

  private SourceEvent event(String id, HttpResponse<byte[]> answer) {
    String contentType =
        answer.headers().firstValue("content-type").orElse("application/octet-stream");
    return new SourceEvent.Made(
        id, place.spec().source(), place.type(), place.time().now(), contentType, answer.body());
  }

  private static String sum(byte[] document) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(document));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
