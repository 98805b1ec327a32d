package io.leat.control.api.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.resource.Kind;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Answers in JSON what a client may do, and who it is: the reviews of access and of the subject.
 *
 * <p>Whoever reaches the admin port may do whatever is served there, so that the answer follows
 * from which verbs a kind has. Nothing is stored.
 */
final class SelfReviews {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String ACCESS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  private static final String RULES = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
  private static final String USER_INFO = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  private static final List<String> READING = List.of("get", "list", "watch");
  private static final List<String> REMOVING = List.of("delete", "deletecollection");
  private static final List<String> WRITING = List.of("create", "update", "patch");

  /** Who has reached the admin port. */
  private static final String USER = "leat:admin";

  private SelfReviews() {}

  /** The answer, if the path names a review. */
  static Optional<AdminResponse> answer(AdminRequest request) throws Refusal {
    return switch (request.path()) {
      case ACCESS -> {
        ObjectNode review = review(request);
        yield answer(review, access(review));
      }
      case RULES -> answer(review(request), rules());
      case USER_INFO -> answer(review(request), user());
      default -> Optional.empty();
    };
  }

  private static Optional<AdminResponse> answer(ObjectNode review, ObjectNode status) {
    review.set("status", status);
    return Optional.of(AdminResponse.json(201, review.toString()));
  }

  private static ObjectNode review(AdminRequest request) throws Refusal {
    if (!request.method().equals("POST")) {
      throw Refusal.of(405, "MethodNotAllowed", "a review is posted");
    }
    return Incoming.object(request, false);
  }

  private static ObjectNode access(ObjectNode review) throws Refusal {
    JsonNode asked = review.at("/spec/resourceAttributes");
    if (!asked.isObject() && !review.at("/spec/nonResourceAttributes").isObject()) {
      throw Refusal.of(
          422,
          "Invalid",
          "spec.resourceAttributes: must have one of resourceAttributes and"
              + " nonResourceAttributes");
    }
    boolean allowed = !asked.isObject() || isServed(asked);
    ObjectNode status = JSON.objectNode().put("allowed", allowed);
    return allowed ? status : status.put("reason", "Leat serves no such verb of this resource");
  }

  private static boolean isServed(JsonNode asked) {
    String group = asked.path("group").asText("");
    String resource = asked.path("resource").asText("");
    String verb = asked.path("verb").asText("");
    String below = asked.path("subresource").asText("");
    if (resource.equals("*")) {
      return true;
    }
    return Arrays.stream(Kind.values())
        .filter(kind -> group.equals("*") || kind.group().equals(group))
        .filter(kind -> kind.plural().equals(resource))
        .anyMatch(kind -> verb.equals("*") || verbs(kind, below).contains(verb));
  }

  private static List<String> verbs(Kind kind, String subresource) {
    if (!subresource.isEmpty()) {
      return Discovery.has(kind, subresource) ? Discovery.SUBRESOURCE_VERBS : List.of();
    }
    List<String> verbs = new ArrayList<>(READING);
    verbs.addAll(REMOVING);
    if (!kind.isPlanned()) {
      verbs.addAll(WRITING);
    }
    return verbs;
  }

  private static ObjectNode rules() {
    ObjectNode status = JSON.objectNode().put("incomplete", false);
    ArrayNode rules = status.putArray("resourceRules");
    for (Kind kind : Kind.values()) {
      ObjectNode rule = rules.addObject();
      verbs(kind, "").forEach(rule.putArray("verbs")::add);
      rule.putArray("apiGroups").add(kind.group());
      rule.putArray("resources").add(kind.plural());
    }
    ObjectNode all = status.putArray("nonResourceRules").addObject();
    all.putArray("verbs").add("*");
    all.putArray("nonResourceURLs").add("*");
    return status;
  }

  private static ObjectNode user() {
    ObjectNode status = JSON.objectNode();
    status
        .putObject("userInfo")
        .put("username", USER)
        .putArray("groups")
        .add("system:authenticated");
    return status;
  }
}
