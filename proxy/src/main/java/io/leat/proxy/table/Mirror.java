package io.leat.proxy.table;

/**
 * Where a share of a route's requests is sent a second time, for its answers to be thrown away.
 *
 * @param percent of the requests, 1 to 100
 */
public record Mirror(RevisionId revision, int percent) {

  /** Rejects a share that is none. */
  public Mirror {
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException("mirror: " + percent + " % (expected: 1 to 100)");
    }
  }

  /** As manifests say it, with the namespace: {@code NAMESPACE/REVISION=PERCENT%}. */
  public String text() {
    return revision + "=" + percent + "%";
  }
}
