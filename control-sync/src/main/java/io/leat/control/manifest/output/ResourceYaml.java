package io.leat.control.manifest.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import io.leat.control.resource.Resource;
import java.io.Serial;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Writes resources as YAML for people, which reads back as the same resources: all but {@code
 * managedFields}, which nobody reads.
 */
public final class ResourceYaml {
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
              .stringQuotingChecker(new Careful())
              .build());

  private ResourceYaml() {}

  /** One document. */
  public static String write(Resource resource) {
    return text(
        ResourceJson.tree(resource.withMetadata(resource.metadata().withManagedFields(""))));
  }

  /** Documents separated by {@code ---}. */
  public static String write(List<Resource> resources) {
    return String.join("---\n", resources.stream().map(ResourceYaml::write).toList());
  }

  private static String text(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes could not be written", e);
    }
  }

  /** Leaves only plain words without quotes, so that readers of YAML 1.1 and 1.2 agree. */
  private static final class Careful extends StringQuotingChecker {
    @Serial private static final long serialVersionUID = 1;
    private static final Pattern PLAIN =
        Pattern.compile("[A-Za-z/][A-Za-z0-9/._-]*(:[A-Za-z0-9/._-]+)*");
    private static final Set<String> RESERVED =
        Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

    @Override
    public boolean needToQuoteName(String name) {
      return needToQuote(name);
    }

    @Override
    public boolean needToQuoteValue(String value) {
      return needToQuote(value);
    }

    private static boolean needToQuote(String text) {
      return text.length() > 256
          || !PLAIN.matcher(text).matches()
          || RESERVED.contains(text.toLowerCase(Locale.ROOT));
    }
  }
}
