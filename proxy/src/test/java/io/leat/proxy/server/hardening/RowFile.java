package io.leat.proxy.server.hardening;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of rows.
 *
 * <p>{@code [name]} begins a row. Its lines are, by their first character: {@code >} the client
 * sends; {@code @} the endpoint must receive; {@code <} it replies (200 by default); {@code =} the
 * client sees {@code [status [token]] [kept|close|cut|left]}; {@code +} it reads exactly this;
 * {@code ~} waits until the endpoint received what was said so far; {@code !} the endpoint sends
 * unasked. Lines end in CRLF on the wire unless a backslash ends them; {@code \r \n \t \0 \\ \xHH}
 * are bytes, and so are these: <code>{N*text}</code> repeats, <code>{forwarded HOST VERSION}</code>
 * is what the proxy tells of the client, <code>{id}</code> its pseudonym; a reply may be <code>
 * {none}</code> or end in <code>{close}</code>.
 */
final class RowFile {
  private static final Pattern REPEAT = Pattern.compile("\\{(\\d+)\\*([^}]*)}");
  private static final Pattern FORWARDED = Pattern.compile("\\{forwarded (\\S+?)(?: (1\\.0))?}");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(x[0-9a-f]{2}|.)");
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String CLOSE = "{close}";
  private static final String NONE = "{none}";

  private final List<Row> rows = new ArrayList<>();
  private final StringBuilder block = new StringBuilder();
  private List<Row.Step> steps = new ArrayList<>();
  private List<Row.Turn> turns = new ArrayList<>();
  private String name = "";
  private String receive = "";
  private char kind;

  private RowFile() {}

  /** Reads {@code hardening/NAME.rows} of the test resources. */
  static Stream<Row> rows(String name) {
    RowFile file = new RowFile();
    try (InputStream in = RowFile.class.getResourceAsStream("/hardening/" + name + ".rows")) {
      new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(file::line);
    } catch (IOException unreadable) {
      throw new IllegalStateException(name, unreadable);
    }
    file.endRow();
    return file.rows.stream();
  }

  private void line(String line) {
    char first = line.charAt(0);
    if (first == '[') {
      endRow();
      name = line.substring(1, line.length() - 1);
      return;
    }
    if (first != kind || first == '=') {
      endBlock(first);
      kind = first;
    }
    String text = line.length() > 1 ? line.substring(2) : "";
    switch (first) {
      case '=' -> verdict(text);
      case '~' -> {
        endTurn(OK);
        steps.add(new Row.Step.Received(turns.size()));
      }
      case '>', '@', '<', '+', '!' -> block.append(wire(text));
      default -> throw new IllegalStateException(name + ": " + line);
    }
  }

  private void endBlock(char next) {
    String bytes = block.toString();
    block.setLength(0);
    switch (kind) {
      case '>' -> steps.add(new Row.Step.Send(bytes));
      case '+' -> steps.add(new Row.Step.Exactly(bytes));
      case '!' -> steps.add(new Row.Step.Push(bytes));
      case '@' -> receive = bytes;
      case '<' -> endTurn(bytes);
      default -> {}
    }
    if (next == '@') {
      endTurn(OK);
    }
  }

  private void endTurn(String reply) {
    if (!receive.isEmpty()) {
      String said = reply.replace(NONE + "\r\n", "").replace(CLOSE + "\r\n", "");
      turns.add(new Row.Turn(receive, said, reply.contains(CLOSE)));
      receive = "";
    }
  }

  private void verdict(String text) {
    String token = "";
    int status = 0;
    for (String word : text.split(" ", -1)) {
      if (Character.isDigit(word.charAt(0))) {
        status = Integer.parseInt(word);
      } else if (Stream.of("kept", "close", "cut", "left").noneMatch(word::equals)) {
        token = word;
      }
    }
    if (status > 0) {
      steps.add(new Row.Step.Answer(status, token));
    }
    for (Row.Fate fate : Row.Fate.values()) {
      if (text.endsWith(fate.name().toLowerCase(Locale.ROOT))) {
        steps.add(fate);
      }
    }
  }

  private void endRow() {
    endBlock('[');
    endTurn(OK);
    kind = '[';
    if (!name.isEmpty()) {
      if (steps.isEmpty() || !(steps.getLast() instanceof Row.Fate)) {
        throw new IllegalStateException(name + " does not say what becomes of the connection");
      }
      rows.add(new Row(name, List.copyOf(steps), List.copyOf(turns)));
    }
    steps = new ArrayList<>();
    turns = new ArrayList<>();
  }

  private static String wire(String text) {
    boolean joined = text.endsWith("\\") && !text.endsWith("\\\\");
    String line = joined ? text.substring(0, text.length() - 1) : text + "\r\n";
    line = FORWARDED.matcher(line).replaceAll(match -> forwarded(match.group(1), match.group(2)));
    line = ESCAPE.matcher(line).replaceAll(RowFile::octet);
    return REPEAT
        .matcher(line)
        .replaceAll(match -> quoted(match.group(2).repeat(Integer.parseInt(match.group(1)))));
  }

  private static String octet(MatchResult escape) {
    String code = escape.group(1);
    return quoted(
        switch (code.charAt(0)) {
          case 'r' -> "\r";
          case 'n' -> "\n";
          case 't' -> "\t";
          case '0' -> "\0";
          case 'x' -> String.valueOf((char) Integer.parseInt(code.substring(1), 16));
          default -> code;
        });
  }

  private static String quoted(String text) {
    return Matcher.quoteReplacement(text);
  }

  private static String forwarded(String host, @Nullable String version) {
    String named = host.indexOf(':') < 0 ? host : "\"" + host + "\"";
    String lines =
        "Forwarded: for=127.0.0.1;host=" + named + ";proto=http\r\nX-Forwarded-For: 127.0.0.1\r\n";
    String via = "Via: " + (version == null ? "1.1" : version) + " " + ScriptedOrigin.ID;
    return lines + "X-Forwarded-Proto: http\r\nX-Forwarded-Host: " + host + "\r\n" + via;
  }
}
