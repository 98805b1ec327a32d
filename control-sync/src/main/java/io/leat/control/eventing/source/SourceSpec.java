package io.leat.control.eventing.source;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;

/**
 * One Source that is to run. Two that are equal are the same Source.
 *
 * @param provisioner such as {@code interval}, see {@link SourceProvisioner}
 * @param arguments a JSON object that fits the provisioner's schema
 * @param sink absolute http URI of its Channel
 * @param source the attribute {@code source} of its events, such as {@code
 *     /apis/v1/namespaces/default/sources/tick}
 */
public record SourceSpec(String provisioner, JsonNode arguments, URI sink, String source) {

  /** Copies the arguments. */
  public SourceSpec {
    arguments = arguments.deepCopy();
  }
}
