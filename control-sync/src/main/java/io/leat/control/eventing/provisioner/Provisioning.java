package io.leat.control.eventing.provisioner;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.leat.control.resource.Resource;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a reference to a Provisioner, with arguments, comes to. */
public sealed interface Provisioning {

  /**
   * It can be made.
   *
   * @param provisioner the resource, null when the back end was named itself
   * @param arguments with the defaults of the schemas filled in
   */
  record Made(BackEnd backEnd, @Nullable Resource provisioner, ObjectNode arguments)
      implements Provisioning {

    /** The arguments as texts; what is no single value as JSON. */
    public Map<String, String> texts() {
      Map<String, String> texts = new TreeMap<>();
      for (Map.Entry<String, JsonNode> field : arguments.properties()) {
        JsonNode value = field.getValue();
        texts.put(field.getKey(), value.isValueNode() ? value.asText() : value.toString());
      }
      return texts;
    }
  }

  /**
   * It cannot be made.
   *
   * @param reason a word for programs
   * @param message for a person: place and rule
   */
  record Refused(String reason, String message) implements Provisioning {}
}
