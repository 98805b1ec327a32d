package io.leat.proxy.admin;

import io.leat.proxy.routing.RequestView;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A request that somebody asks about: laid out like one that came over the wire, so that the code
 * of the data path decides on it.
 */
final class AskedRequest implements RequestView {
  private static final char HEADER_SEPARATOR = ':';

  private final String method;
  private final String host;
  private final String path;
  private final List<Header> headers;
  private final byte[] bytes;
  private final int pathStart;
  private final int pathEnd;
  private final int[] bounds;

  /** One header; the name in lower case, the value without surrounding white space. */
  record Header(String name, String value) {}

  private AskedRequest(String method, String host, String path, List<Header> headers) {
    this.method = method;
    this.host = host;
    this.path = path;
    this.headers = List.copyOf(headers);
    StringBuilder text = new StringBuilder(latin(host)).append(latin(path));
    this.pathEnd = text.length();
    this.bounds = new int[headers.size() + 1];
    bounds[0] = text.length();
    for (int i = 0; i < headers.size(); i++) {
      text.append(latin(headers.get(i).value()));
      bounds[i + 1] = text.length();
    }
    this.bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    this.pathStart = latin(host).length();
  }

  /** One character per byte of the UTF-8 form, which is what a client sends. */
  private static String latin(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /**
   * Reads a question.
   *
   * @param url absolute, or a path when a Host header says the rest
   * @param lines headers as {@code Name: value}; a Host wins over the host of the URL
   * @throws IllegalArgumentException with a message for the one who asks
   */
  static AskedRequest of(String method, String url, List<String> lines) {
    URI target = uri(url);
    String authority = target.getRawAuthority();
    List<Header> headers = new ArrayList<>();
    for (String line : lines) {
      Header header = header(line);
      headers.add(header);
      authority = header.name().equals("host") ? header.value() : authority;
    }
    if (authority == null || authority.isEmpty()) {
      throw new IllegalArgumentException("url: has no host, and no Host header was given");
    }
    String path =
        target.getRawPath() == null || target.getRawPath().isEmpty() ? "/" : target.getRawPath();
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("url: the path must start with a slash");
    }
    return new AskedRequest(method.toUpperCase(Locale.ROOT), withoutPort(authority), path, headers);
  }

  private static URI uri(String url) {
    try {
      return URI.create(new URI(url).toASCIIString());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("url: " + e.getReason(), e);
    }
  }

  private static Header header(String line) {
    int colon = line.indexOf(HEADER_SEPARATOR);
    if (colon <= 0) {
      throw new IllegalArgumentException("header: must be 'Name: value'");
    }
    return new Header(
        line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
        line.substring(colon + 1).strip());
  }

  private static String withoutPort(String authority) {
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
  }

  String method() {
    return method;
  }

  String host() {
    return host;
  }

  String path() {
    return path;
  }

  @Override
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public int hostStart() {
    return 0;
  }

  @Override
  public int hostEnd() {
    return pathStart;
  }

  @Override
  public int pathStart() {
    return pathStart;
  }

  @Override
  public int pathEnd() {
    return pathEnd;
  }

  @Override
  public int findHeader(byte[] lowerCaseName) {
    String name = new String(lowerCaseName, StandardCharsets.ISO_8859_1);
    for (int i = 0; i < headers.size(); i++) {
      if (headers.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public int valueStart(int field) {
    return bounds[field];
  }

  @Override
  public int valueEnd(int field) {
    return bounds[field + 1];
  }
}
