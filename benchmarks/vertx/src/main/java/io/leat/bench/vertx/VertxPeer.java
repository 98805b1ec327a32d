package io.leat.bench.vertx;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import io.vertx.httpproxy.HttpProxy;
import io.vertx.httpproxy.OriginRequestProvider;
import io.vertx.httpproxy.ProxyContext;
import io.vertx.httpproxy.ProxyInterceptor;
import io.vertx.httpproxy.ProxyRequest;
import io.vertx.httpproxy.ProxyResponse;

/**
 * A reverse proxy of Vert.x doing the common work of the comparison on one event loop. Usage:
 * {@code VertxPeer PORT ORIGIN_PORT HOST}.
 */
public final class VertxPeer {
  private VertxPeer() {}

  /** Listens on 127.0.0.1 until the process is ended; exits with 1 when it cannot. */
  public static void main(String[] arguments) {
    int port = Integer.parseInt(arguments[0]);
    int origin = Integer.parseInt(arguments[1]);
    String host = arguments[2];
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
    if (!vertx.isNativeTransportEnabled()) {
      System.err.println("no native transport: " + vertx.unavailableNativeTransportCause());
    }
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions().setKeepAlive(true).setKeepAliveTimeout(300),
            new PoolOptions().setHttp1MaxSize(4_096));
    SocketAddress[] origins = {
      SocketAddress.inetSocketAddress(origin, "127.0.0.1"),
      SocketAddress.inetSocketAddress(origin, "127.0.0.2")
    };
    int[] turn = {0};
    HttpProxy proxy =
        HttpProxy.reverseProxy(client)
            .origin(
                OriginRequestProvider.selector(context -> {
                  turn[0] = turn[0] == 9 ? 0 : turn[0] + 1;
                  return Future.succeededFuture(origins[turn[0] == 0 ? 1 : 0]);
                }))
            .addInterceptor(new ForwardedFor());
    vertx
        .createHttpServer(new HttpServerOptions().setAcceptBacklog(4_096).setIdleTimeout(300))
        .requestHandler(request -> {
          HostAndPort authority = request.authority();
          if (authority != null && host.equalsIgnoreCase(authority.host())) {
            proxy.handle(request);
          } else {
            request.response().setStatusCode(404).end();
          }
        })
        .listen(port, "127.0.0.1")
        .onFailure(failure -> {
          failure.printStackTrace();
          System.exit(1);
        });
  }

  /** Adds the client's address to {@code X-Forwarded-For}. */
  private static final class ForwardedFor implements ProxyInterceptor {
    @Override
    public Future<ProxyResponse> handleProxyRequest(ProxyContext context) {
      ProxyRequest request = context.request();
      String client = request.proxiedRequest().remoteAddress().hostAddress();
      String before = request.headers().get("x-forwarded-for");
      request.headers().set("x-forwarded-for", before == null ? client : before + ", " + client);
      return context.sendRequest();
    }
  }
}
