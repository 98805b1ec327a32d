package io.leat.proxy.admin;

import io.leat.proxy.config.LoopbackAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a request into an answer: who may ask, which route, and what when it fails.
 *
 * <p>Any website that a user of this machine visits can send requests to a loopback port. A Host
 * that is not this machine's (DNS rebinding) and a change of state from a foreign Origin
 * (cross-site request forgery) are therefore refused.
 */
final class RequestAnswerer {
  private static final Logger LOG = LoggerFactory.getLogger(RequestAnswerer.class);
  private static final String HTTP_SCHEME = "http://";

  private final AdminRoutes routes;
  private final String boundHost;

  RequestAnswerer(AdminRoutes routes, String boundHost) {
    this.routes = routes;
    this.boundHost = boundHost;
  }

  AdminResponse answer(AdminRequest request) throws InterruptedException {
    List<String> hosts = request.headers().getOrDefault("host", List.of());
    if (hosts.size() != 1 || !isOurs(hosts.getFirst())) {
      return AdminResponse.text(403, "the Host of this request is not a loopback name");
    }
    AdminRoutes.Found found = routes.find(request.method(), request.path());
    if (found == null) {
      return AdminResponse.text(404, "nothing is served under this path");
    }
    AdminRoute route = found.route();
    if (route == null) {
      return notAllowed(found.methods());
    }
    if (!request.method().equals("GET") && isForeign(request.header("origin"))) {
      return AdminResponse.text(403, "changes are not taken from the pages of other sites");
    }
    return call(route, request);
  }

  private static AdminResponse call(AdminRoute route, AdminRequest request)
      throws InterruptedException {
    try {
      return route.handle(request);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      LOG.error("an admin route failed", e);
      return AdminResponse.text(500, "this request failed; the log of the server says why");
    }
  }

  private static AdminResponse notAllowed(Set<String> methods) {
    String allow = String.join(", ", methods);
    AdminResponse.Full answer =
        (AdminResponse.Full) AdminResponse.text(405, "only " + allow + " here");
    return new AdminResponse.Full(
        answer.status(), answer.contentType(), answer.body(), Map.of("allow", allow));
  }

  private boolean isForeign(@Nullable String origin) {
    if (origin == null) {
      return false;
    }
    String lower = origin.toLowerCase(Locale.ROOT);
    return !lower.startsWith(HTTP_SCHEME) || !isOurs(lower.substring(HTTP_SCHEME.length()));
  }

  private boolean isOurs(String authority) {
    String host = host(authority);
    return LoopbackAddress.matches(host) || host.equalsIgnoreCase(boundHost);
  }

  private static String host(String authority) {
    if (authority.startsWith("[")) {
      int end = authority.indexOf(']');
      return end < 0 ? authority : authority.substring(1, end);
    }
    int colon = authority.lastIndexOf(':');
    return colon < 0 ? authority : authority.substring(0, colon);
  }
}
