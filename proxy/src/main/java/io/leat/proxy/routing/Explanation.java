package io.leat.proxy.routing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a request goes where it goes, found by the code that decides it.
 *
 * @param tableVersion of the router that was asked
 * @param hostMatch how the name of the request found its host
 * @param virtualHost the host that took the request, null when none did
 * @param nearestHosts when none did: the names most like the one asked for, nearest first
 * @param tried the entries in the order in which they were looked at, then those that the search
 *     for the path passed over
 * @param taken the entry that took the request, null when none did
 */
public record Explanation(
    long tableVersion,
    HostMatch hostMatch,
    @Nullable String virtualHost,
    List<String> nearestHosts,
    List<Tried> tried,
    @Nullable LiveEntry taken) {
  private static final int NEAREST = 3;
  private static final int MOST_PASSED_OVER = 20;

  /** How the name of a request found its host. */
  public enum HostMatch {
    /** By its whole name. */
    EXACT,
    /** By a suffix of its name. */
    WILDCARD,
    /** Not at all, because the host is local to the cluster and the client is outside. */
    HIDDEN,
    /** Not at all. */
    NONE
  }

  /**
   * One entry that was looked at.
   *
   * @param failed why it did not take the request; null for the one that did
   */
  public record Tried(String route, String match, @Nullable String failed) {}

  private record Candidate(String host, int distance) {
    static final Comparator<Candidate> NEAREST_FIRST =
        Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::host);
  }

  /** Asks a router. */
  public static Explanation of(Router router, RequestView request, boolean external) {
    LiveHost host = router.find(request, external);
    if (host == null) {
      boolean hidden = external && router.find(request, false) != null;
      HostMatch match = hidden ? HostMatch.HIDDEN : HostMatch.NONE;
      List<String> nearest = nearest(router, name(request));
      return new Explanation(router.version(), match, null, nearest, List.of(), null);
    }
    List<Tried> tried = new ArrayList<>();
    LiveEntry taken =
        host.match(request, (entry, mismatch) -> tried.add(tried(entry, mismatch, request)));
    List<LiveEntry> passedOver = host.passedOver(request);
    for (LiveEntry entry : passedOver.subList(0, Math.min(passedOver.size(), MOST_PASSED_OVER))) {
      String prefix = entry.entry().match().prefix();
      tried.add(
          new Tried(entry.entry().route(), text(entry), "path does not start with " + prefix));
    }
    return new Explanation(
        router.version(),
        host.isWildcard() ? HostMatch.WILDCARD : HostMatch.EXACT,
        host.host().host(),
        List.of(),
        List.copyOf(tried),
        taken);
  }

  private static Tried tried(LiveEntry entry, int mismatch, RequestView request) {
    String failed = mismatch == LiveEntry.NONE ? null : entry.reason(mismatch, request);
    return new Tried(entry.entry().route(), text(entry), failed);
  }

  private static String text(LiveEntry entry) {
    StringBuilder text = new StringBuilder(entry.entry().match().prefix());
    entry
        .entry()
        .match()
        .headers()
        .forEach(h -> text.append(' ').append(h.name()).append('=').append(h.value()));
    return text.toString();
  }

  private static String name(RequestView request) {
    int length = request.hostEnd() - request.hostStart();
    return new String(request.bytes(), request.hostStart(), length, StandardCharsets.ISO_8859_1);
  }

  private static List<String> nearest(Router router, String asked) {
    List<Candidate> candidates = new ArrayList<>();
    String name = asked.toLowerCase(Locale.ROOT);
    router.forEachHost(host -> {
      String other = host.host().host();
      candidates.add(new Candidate(other, distance(name, other)));
      if (candidates.size() > 4 * NEAREST) {
        keepNearest(candidates);
      }
    });
    keepNearest(candidates);
    List<String> names = new ArrayList<>();
    candidates.forEach(candidate -> names.add(candidate.host()));
    return names;
  }

  private static void keepNearest(List<Candidate> candidates) {
    candidates.sort(Candidate.NEAREST_FIRST);
    candidates.subList(Math.min(NEAREST, candidates.size()), candidates.size()).clear();
  }

  /** Insertions, deletions and replacements between two names (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j - 1], row[j]) + 1);
      }
    }
    return row[b.length()];
  }
}
