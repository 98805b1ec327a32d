package io.leat.proxy.config;

/**
 * What mirroring may cost.
 *
 * @param requests mirrored requests at one time, all event loops together; 0 mirrors nothing
 * @param bytes of a body that are kept while its mirror is slower than the request itself
 */
public record MirrorLimits(int requests, long bytes) {

  /** The defaults of {@code deploy/config/reference.yaml}. */
  public static final MirrorLimits DEFAULT = new MirrorLimits(256, 256 * 1024);
}
