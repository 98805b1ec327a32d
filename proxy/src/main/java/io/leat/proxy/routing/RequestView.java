package io.leat.proxy.routing;

/**
 * The parts of a request that routing looks at, as ranges of one byte array, so that nothing is
 * copied to decide.
 *
 * <p>Implemented by the HTTP codecs and by the question of {@code explain}. Valid only until the
 * owner reuses its array; one thread.
 */
public interface RequestView {

  /** The array that all ranges refer to. */
  byte[] bytes();

  /** Start of the host: without port, any letter case. */
  int hostStart();

  /** End of the host, exclusive. */
  int hostEnd();

  /** Start of the path that is routed: begins with a slash, without query. */
  int pathStart();

  /** End of the path, exclusive. */
  int pathEnd();

  /**
   * Finds the first field with a name.
   *
   * @param lowerCaseName ASCII, lower case
   * @return an index for {@link #valueStart} and {@link #valueEnd}, or -1
   */
  int findHeader(byte[] lowerCaseName);

  /** Start of a field's value, without surrounding white space. */
  int valueStart(int field);

  /** End of a field's value, exclusive. */
  int valueEnd(int field);
}
