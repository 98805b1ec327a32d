package io.leat.proxy.fanout.ingress;

import io.leat.proxy.http.OwnAnswer;
import io.leat.proxy.http.Rejection;

/** Whoever sent an event, waiting for the answer. Called once, on the event loop. */
public interface IngressAnswer {

  /** The Channel took it, or answered a question about itself. */
  void answer(OwnAnswer answer);

  /** The Channel refused it. */
  void refuse(Rejection rejection, OwnAnswer answer);
}
