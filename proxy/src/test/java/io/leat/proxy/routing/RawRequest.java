package io.leat.proxy.routing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A request at an odd place of a larger array, so that a range read from its start is noticed. */
final class RawRequest implements RequestView {
  private static final int ODD = 3;

  private final byte[] bytes;
  private final int hostEnd;
  private final int pathEnd;
  private final byte[][] names;
  private final int[] values;

  /** Header names in lower case and their values, alternating. */
  RawRequest(String host, String path, String... headers) {
    StringBuilder all = new StringBuilder("x.y").append(host);
    hostEnd = all.length();
    all.append(path);
    pathEnd = all.length();
    names = new byte[headers.length / 2][];
    values = new int[headers.length];
    for (int i = 0; i < headers.length; i += 2) {
      names[i / 2] = headers[i].getBytes(StandardCharsets.ISO_8859_1);
      values[i] = all.length();
      all.append(headers[i + 1]);
      values[i + 1] = all.length();
    }
    bytes = all.append("tail").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public int hostStart() {
    return ODD;
  }

  @Override
  public int hostEnd() {
    return hostEnd;
  }

  @Override
  public int pathStart() {
    return hostEnd;
  }

  @Override
  public int pathEnd() {
    return pathEnd;
  }

  @Override
  public int findHeader(byte[] lowerCaseName) {
    for (int i = 0; i < names.length; i++) {
      if (Arrays.equals(names[i], lowerCaseName)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public int valueStart(int field) {
    return values[2 * field];
  }

  @Override
  public int valueEnd(int field) {
    return values[2 * field + 1];
  }
}
