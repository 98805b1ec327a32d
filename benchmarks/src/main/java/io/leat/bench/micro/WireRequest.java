package io.leat.bench.micro;

import io.leat.proxy.routing.RequestView;
import java.nio.charset.StandardCharsets;

/** A request without headers as a routing question. */
public final class WireRequest implements RequestView {
  private final byte[] bytes;
  private final int hostEnd;

  /** A request for a host and a path. */
  public WireRequest(String host, String path) {
    this.bytes = (host + path).getBytes(StandardCharsets.ISO_8859_1);
    this.hostEnd = host.length();
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
    return hostEnd;
  }

  @Override
  public int pathStart() {
    return hostEnd;
  }

  @Override
  public int pathEnd() {
    return bytes.length;
  }

  @Override
  public int findHeader(byte[] lowerCaseName) {
    return -1;
  }

  @Override
  public int valueStart(int field) {
    return 0;
  }

  @Override
  public int valueEnd(int field) {
    return 0;
  }
}
