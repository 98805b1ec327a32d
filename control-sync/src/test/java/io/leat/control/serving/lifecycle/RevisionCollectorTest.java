package io.leat.control.serving.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.Manifests;
import io.leat.control.resource.Resource;
import io.leat.control.store.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RevisionCollectorTest {
  private static final Instant NOW = Instant.parse("2026-01-10T00:00:00Z");
  private static final RevisionRetention KNATIVE = RevisionRetention.DEFAULT;

  @Test
  void c7OfTwentyFiveStaleOnesTwentyRemainTheOldestGo() {
    List<Resource> stale = revisions(25, Duration.ofHours(100), Duration.ofHours(50));
    assertThat(gone(KNATIVE, stale)).containsExactly("r0000", "r0001", "r0002", "r0003", "r0004");
  }

  @Test
  void c7OfAThousandAndFiveFreshOnesAThousandRemain() {
    List<Resource> fresh = revisions(1005, Duration.ofHours(1), Duration.ofMinutes(1));
    assertThat(gone(KNATIVE, fresh)).containsExactly("r0000", "r0001", "r0002", "r0003", "r0004");
  }

  @Test
  void bothLimitsMustBePassed() {
    assertThat(gone(KNATIVE, revisions(25, Duration.ofHours(100), Duration.ofHours(14)))).isEmpty();
    assertThat(gone(KNATIVE, revisions(25, Duration.ofHours(47), Duration.ofHours(46)))).isEmpty();
  }

  @Test
  void aLimitOfZeroIsNone() {
    List<Resource> young = revisions(25, Duration.ofHours(20), Duration.ofHours(16));
    assertThat(gone(retention(Duration.ZERO, Duration.ofHours(15), 20, 1000), young)).hasSize(5);
    assertThat(gone(retention(Duration.ofHours(20), Duration.ZERO, 20, 1000), young)).hasSize(5);
    assertThat(gone(retention(Duration.ZERO, Duration.ZERO, 20, 1000), young)).isEmpty();
    assertThat(gone(retention(Duration.ZERO, Duration.ZERO, 0, 0), young)).hasSize(25);
    assertThat(gone(retention(Duration.ofHours(99), Duration.ZERO, 0, -1), young)).isEmpty();
  }

  @Test
  void itSaysWhenToLookAgain() {
    List<Resource> young = revisions(21, Duration.ofHours(40), Duration.ofHours(40));
    assertThat(new RevisionCollector(KNATIVE, NOW).collect(young).next())
        .isEqualTo(Duration.ofHours(8));
    assertThat(new RevisionCollector(KNATIVE, NOW).collect(young.subList(0, 20)).next()).isNull();
  }

  private static RevisionRetention retention(
      Duration create, Duration active, int least, int most) {
    return new RevisionRetention(create, active, least, most);
  }

  private static List<String> gone(RevisionRetention retention, List<Resource> idle) {
    return new RevisionCollector(retention, NOW)
        .collect(idle).gone().stream().map(revision -> revision.metadata().name()).toList();
  }

  private static List<Resource> revisions(int count, Duration age, Duration idle) {
    List<Resource> revisions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Resource revision = Manifests.revision(String.format("r%04d", i));
      revisions.add(
          revision.withMetadata(
              revision
                  .metadata()
                  .stored("u" + i, 1, 1, NOW.minus(age))
                  .withAnnotations(
                      Map.of(
                          Labels.ROUTING_STATE_MODIFIED,
                          NOW.minus(idle).plusMillis(i).toString()))));
    }
    return revisions.reversed();
  }
}
