package io.leat.proxy.admin;

/** Answers the requests of one method under one path. */
@FunctionalInterface
public interface AdminRoute {

  /**
   * Answers a request; called on a virtual thread of its own, so it may block.
   *
   * <p>An exception becomes a 500 and a log line.
   */
  AdminResponse handle(AdminRequest request) throws Exception;
}
