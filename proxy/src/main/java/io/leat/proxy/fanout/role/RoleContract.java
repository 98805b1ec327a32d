package io.leat.proxy.fanout.role;

import io.leat.proxy.fanout.event.CloudEvent;
import io.leat.proxy.fanout.role.RoleOutcome.Note;
import io.leat.proxy.fanout.role.RoleOutcome.Violation;
import io.leat.proxy.table.ChannelSubscriber;
import java.util.ArrayList;
import java.util.List;

/** Judges an answer that was captured of a subscriber, without any Channel. */
public final class RoleContract {
  private RoleContract() {}

  /**
   * What is wrong with an answer, by the rules that a Channel goes by.
   *
   * @param to with the role, and with the routes that a router may name; a reply or a route has to
   *     be there, because without any the answer does not matter
   * @param event what the subscriber was sent
   * @return one sentence each, beginning with a token; empty when the answer is right
   */
  public static List<String> check(ChannelSubscriber to, CloudEvent event, Reply reply) {
    List<String> wrong = new ArrayList<>();
    if (reply.status() < 200 || reply.status() > 299) {
      wrong.add("no_success: status " + reply.status() + " (expected: 200 to 299)");
      return wrong;
    }
    RoleOutcome outcome = RoleReplies.decide(to, event, reply);
    if (outcome instanceof Violation violation) {
      wrong.add(violation.reason() + ": " + violation.detail());
    }
    Note note = outcome.note();
    if (note != null) {
      wrong.add(note.token() + ": " + sentence(note));
    }
    if (reply.status() == 202 && reply.body().length > 0) {
      wrong.add("accepted_with_body: a body with 202, which is not read");
    }
    return wrong;
  }

  private static String sentence(Note note) {
    return switch (note) {
      case UNKNOWN_ENCODING -> "a body that is no event, which is discarded";
      case UNKNOWN_ROUTE -> "a name that is no route";
      case DROPPED_NO_ROUTE -> "no name and no default, so that the event is dropped";
    };
  }
}
