package io.leat.control.eventing.source.emit;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One request whose whole answer must come in a time. The client's own timeout ends with the head,
 * and would wait for ever for a body that trickles.
 */
public final class TimedExchange {
  private TimedExchange() {}

  /**
   * The answer.
   *
   * @throws IOException when none came in time, or an incomplete one
   */
  public static <T> HttpResponse<T> send(
      HttpClient client, HttpRequest request, BodyHandler<T> body, Duration timeout)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, body);
    try {
      return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IOException(named(request) + ": no answer within " + timeout, e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      throw new IOException(named(request) + ": " + text, e);
    } finally {
      // Ends the exchange unless it is over; also when this thread was interrupted.
      answer.cancel(true);
    }
  }

  private static String named(HttpRequest request) {
    return request.method() + " " + request.uri();
  }
}
