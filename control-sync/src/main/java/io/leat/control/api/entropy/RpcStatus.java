package io.leat.control.api.entropy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.module.ModuleFailure;
import io.leat.proxy.admin.AdminResponse;

/** A failure as {@code google.rpc.Status}: the code of gRPC, and {@code <code>: <message>}. */
final class RpcStatus {
  private RpcStatus() {}

  private record Mapping(int http, int grpc, String word) {}

  static AdminResponse of(ModuleFailure failure) {
    Mapping mapping =
        switch (failure.code()) {
          case BAD_REQUEST -> new Mapping(400, 3, "bad_request");
          case NOT_FOUND -> new Mapping(404, 5, "not_found");
          case ALREADY_EXISTS -> new Mapping(409, 6, "conflict");
          case CONFLICT -> new Mapping(409, 10, "conflict");
          case PRECONDITION -> new Mapping(412, 9, "precondition");
          case UNSUPPORTED -> new Mapping(501, 12, "unsupported");
          case NOT_ALLOWED -> new Mapping(405, 12, "unsupported");
          case INTERNAL -> new Mapping(500, 13, "internal_error");
        };
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("code", mapping.grpc()).put("message", mapping.word() + ": " + failure.text());
    status.putArray("details");
    return AdminResponse.json(mapping.http(), status.toString());
  }
}
