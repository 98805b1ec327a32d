import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/**
 * The quickstart's shop: answers every request with its version and process id.
 *
 * <p>It follows Knative's runtime contract: it listens on the port that {@code PORT} names.
 */
final class Shop {
  private static final String VERSION = System.getenv("VERSION");

  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(System.getenv("PORT"));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
    server.createContext("/", Shop::answer);
    server.setExecutor(Executors.newFixedThreadPool(16));
    server.start();
    System.out.println("shop " + VERSION + " listens on " + port);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      String text =
          "Hello from shop %s, process %d, revision %s%n"
              .formatted(VERSION, ProcessHandle.current().pid(), System.getenv("K_REVISION"));
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(200, head ? -1 : body.length);
      if (!head) {
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(body);
        }
      }
    }
  }
}
