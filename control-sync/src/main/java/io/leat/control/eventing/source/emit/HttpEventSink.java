package io.leat.control.eventing.source.emit;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Posts events over HTTP/1.1: those that a Source made in binary mode, those that came as
 * CloudEvents in structured mode (CloudEvents HTTP protocol binding 1.0.2, sections 3.1 and 3.2).
 *
 * <p>Any thread may call. The client starts with the first event.
 */
public final class HttpEventSink implements EventSink, AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int MAX_ANSWER = 64 * 1024;

  private final @Nullable ProxySelector proxies;
  private final InstantSource clock;
  private @Nullable HttpClient client;
  private boolean closed;

  /**
   * A sink without connections.
   *
   * @param proxies says for the URI of a Channel through which address to reach it, so that names
   *     that no DNS knows can be sent to this process; null connects to the host of the URI
   * @param clock for dates in {@code Retry-After}
   */
  public HttpEventSink(@Nullable ProxySelector proxies, InstantSource clock) {
    this.proxies = proxies;
    this.clock = clock;
  }

  @Override
  public Answer send(URI sink, SourceEvent event) throws IOException, InterruptedException {
    HttpRequest request =
        switch (event) {
          case SourceEvent.Made made -> binary(sink, made);
          case SourceEvent.Passed passed ->
              HttpRequest.newBuilder(sink)
                  .header("content-type", "application/cloudevents+json")
                  .POST(BodyPublishers.ofByteArray(passed.json()))
                  .build();
        };
    HttpResponse<Void> answer =
        TimedExchange.send(
            client(),
            request,
            BodyHandlers.limiting(BodyHandlers.discarding(), MAX_ANSWER),
            TIMEOUT);
    int status = answer.statusCode();
    boolean later = status == 429 || status == 503;
    String wait = answer.headers().firstValue("retry-after").orElse("");
    return new Answer(status, later ? retryAfter(wait, clock.instant()) : null);
  }

  private static HttpRequest binary(URI sink, SourceEvent.Made event) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(sink)
            .header("ce-specversion", "1.0")
            .header("ce-id", encoded(event.id()))
            .header("ce-source", encoded(event.source()))
            .header("ce-type", encoded(event.type()))
            .header("ce-time", DateTimeFormatter.ISO_INSTANT.format(event.time()));
    byte[] data = event.data();
    String contentType = event.contentType();
    if (data == null || contentType == null) {
      return request.POST(BodyPublishers.noBody()).build();
    }
    return request
        .header("content-type", contentType)
        .POST(BodyPublishers.ofByteArray(data))
        .build();
  }

  /** A value as a header may hold it (section 3.1.3.2 of the binding). */
  static String encoded(String value) {
    StringBuilder text = new StringBuilder(value.length());
    for (byte each : value.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = each > ' ' && each < 0x7f && each != '"' && each != '%';
      if (plain) {
        text.append((char) each);
      } else {
        text.append('%')
            .append(Character.toUpperCase(Character.forDigit((each >> 4) & 0xf, 16)))
            .append(Character.toUpperCase(Character.forDigit(each & 0xf, 16)));
      }
    }
    return text.toString();
  }

  /** Seconds or a date (RFC 9110, section 10.2.3); null when it is neither. */
  static @Nullable Duration retryAfter(String value, Instant now) {
    String text = value.strip();
    if (!text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      Instant until =
          Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT).parse(text));
      return until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO;
    } catch (DateTimeException e) {
      return null;
    }
  }

  private synchronized HttpClient client() throws IOException {
    if (closed) {
      throw new IOException("Leat is stopping");
    }
    HttpClient known = client;
    if (known == null) {
      HttpClient.Builder builder =
          HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
      known = (proxies == null ? builder : builder.proxy(proxies)).build();
      client = known;
    }
    return known;
  }

  /** Ends every connection at once. */
  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      client.shutdownNow();
    }
  }
}
