package io.leat.control.api.kube;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.manifest.output.ResourceJson;
import io.leat.control.resource.Kind;
import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which resources of a collection are meant: by labels, by fields. */
final class Selector implements Predicate<Resource> {
  private static final int MAX_TERMS = 100;
  private static final Pattern SET =
      Pattern.compile("\\s*([^\\s!=(),]+)\\s+(in|notin)\\s+\\(([^()]*)\\)\\s*");
  private static final Pattern EQUAL =
      Pattern.compile("\\s*([^\\s!=(),]+)\\s*(==|=|!=)\\s*([^\\s!=(),]*)\\s*");
  private static final Pattern EXISTS = Pattern.compile("\\s*(!?)\\s*([^\\s!=(),]+)\\s*");
  private static final Pattern FIELD = Pattern.compile("([^=!]+)(==|=|!=)(.*)");

  private static final String NAME = "metadata.name";

  private final List<Predicate<Resource>> terms;
  private final @Nullable String name;

  private Selector(List<Predicate<Resource>> terms, @Nullable String name) {
    this.terms = List.copyOf(terms);
    this.name = name;
  }

  /**
   * Reads both parameters of a request.
   *
   * @param name the only name that is meant; null for any
   */
  static Selector of(
      Kind kind, @Nullable String name, @Nullable String labels, @Nullable String fields)
      throws Refusal {
    List<Predicate<Resource>> terms = new ArrayList<>();
    if (name != null) {
      terms.add(resource -> resource.metadata().name().equals(name));
    }
    for (String term : split(labels)) {
      terms.add(label(term));
    }
    String only = name;
    for (String term : split(fields)) {
      terms.add(field(kind, term));
      Matcher matcher = FIELD.matcher(term);
      if (matcher.matches() && matcher.group(1).equals(NAME) && !matcher.group(2).equals("!=")) {
        only = matcher.group(3);
      }
    }
    if (terms.size() > MAX_TERMS) {
      throw Refusal.badRequest("a selector may have at most " + MAX_TERMS + " terms");
    }
    return new Selector(terms, only);
  }

  /** The only name that can be meant; null when several can. */
  @Nullable String name() {
    return name;
  }

  boolean isEverything() {
    return terms.isEmpty();
  }

  @Override
  public boolean test(Resource resource) {
    for (Predicate<Resource> term : terms) {
      if (!term.test(resource)) {
        return false;
      }
    }
    return true;
  }

  /** The terms between commas that stand in no parentheses. */
  private static List<String> split(@Nullable String text) {
    List<String> parts = new ArrayList<>();
    if (text == null || text.isBlank()) {
      return parts;
    }
    int depth = 0;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static Predicate<Resource> label(String term) throws Refusal {
    Matcher set = SET.matcher(term);
    if (set.matches()) {
      String key = set.group(1);
      Set<String> values =
          Arrays.stream(set.group(3).split(",", -1)).map(String::strip).collect(Collectors.toSet());
      boolean in = set.group(2).equals("in");
      return resource -> {
        String value = resource.metadata().labels().get(key);
        return in
            ? value != null && values.contains(value)
            : value == null || !values.contains(value);
      };
    }
    Matcher equal = EQUAL.matcher(term);
    if (equal.matches()) {
      String key = equal.group(1);
      String wanted = equal.group(3);
      boolean not = equal.group(2).equals("!=");
      return resource -> not != wanted.equals(resource.metadata().labels().get(key));
    }
    Matcher exists = EXISTS.matcher(term);
    if (exists.matches()) {
      String key = exists.group(2);
      boolean wanted = exists.group(1).isEmpty();
      return resource -> wanted == resource.metadata().labels().containsKey(key);
    }
    throw Refusal.badRequest("unable to parse the label selector \"" + term + "\"");
  }

  private static Predicate<Resource> field(Kind kind, String term) throws Refusal {
    Matcher matcher = FIELD.matcher(term);
    if (!matcher.matches()) {
      throw Refusal.badRequest("invalid field selector: \"" + term + "\"");
    }
    String path = matcher.group(1);
    boolean not = matcher.group(2).equals("!=");
    String wanted = matcher.group(3);
    return switch (path) {
      case NAME -> resource -> not != wanted.equals(resource.metadata().name());
      case "metadata.namespace" ->
          resource -> not != wanted.equals(resource.metadata().namespace());
      default -> {
        boolean known =
            (kind == Kind.EVENT && path.matches("involvedObject\\.[A-Za-z]+|reason|type|source"))
                || (kind == Kind.SECRET && path.equals("type"));
        if (!known) {
          throw Refusal.badRequest("field label not supported: " + path);
        }
        String pointer = "/" + path.replace('.', '/');
        yield resource -> not != wanted.equals(text(resource, pointer));
      }
    };
  }

  private static String text(Resource resource, String pointer) {
    if (!(resource.spec() instanceof Spec.Document document)) {
      return "";
    }
    JsonNode value = ResourceJson.fields(document).at(pointer);
    return value.isObject() ? value.path("component").asText("") : value.asText("");
  }
}
