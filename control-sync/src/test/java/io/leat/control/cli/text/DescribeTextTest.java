package io.leat.control.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a description says of a resource. */
class DescribeTextTest {
  private static final Instant NOW = Instant.parse("2030-01-01T01:00:00Z");

  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text.replace('\'', '"'));
  }

  private static String event(String uid, String minute, String message) {
    return ("{'type':'Normal','reason':'Ready','count':1,'message':'%s',"
            + "'involvedObject':{'uid':'%s'},'lastTimestamp':'2030-01-01T00:%s:00Z'}")
        .formatted(message, uid, minute);
  }

  @Test
  void eventsAreThoseOfThisVeryResourceTheLatestLast() throws Exception {
    JsonNode resource =
        json("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'c','uid':'now'}}");
    JsonNode events =
        json(
            "["
                + String.join(
                    ",",
                    event("now", "50", "third"),
                    event("before", "40", "of another"),
                    event("now", "10", "first"),
                    event("now", "30", "second"))
                + "]");
    List<String> lines = DescribeText.lines(resource, json("{}"), events, NOW);
    assertThat(lines.subList(lines.indexOf("Events:"), lines.size()))
        .containsExactly(
            "Events:",
            "  Normal   Ready   50m   x1   first",
            "  Normal   Ready   30m   x1   second",
            "  Normal   Ready   10m   x1   third");
  }
}
