package io.leat.control.api.plan;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.resource.ResourceKey;
import org.jspecify.annotations.Nullable;

/**
 * What became of one document over the copy.
 *
 * @param document its place in the body, from 0
 * @param key null when the document names no resource
 * @param refusal a {@code Status}; null when it was accepted
 */
record Outcome(int document, @Nullable ResourceKey key, @Nullable JsonNode refusal) {}
