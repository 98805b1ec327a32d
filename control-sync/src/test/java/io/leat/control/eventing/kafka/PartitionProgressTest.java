package io.leat.control.eventing.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.eventing.kafka.PartitionProgress.Pending;
import io.leat.proxy.log.LogEntry;
import java.util.Random;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

final class PartitionProgressTest {
  @Test
  void aCommitIsNeverPastAnUnfinishedRecord() {
    PartitionProgress progress = new PartitionProgress(10);
    add(progress, 10);
    add(progress, 12);
    progress.reached(20);
    assertThat(requireNonNull(progress.commit()).offset()).isEqualTo(10);
    progress.finish(12);
    assertThat(requireNonNull(progress.commit()).offset()).isEqualTo(10);
    progress.finish(10);
    assertThat(progress.commit()).isEqualTo(new OffsetAndMetadata(20, ""));
    progress.committed(progress.commit());
    assertThat(progress.commit()).isNull();
  }

  @Test
  void aRestartKnowsWhatWasFinishedOutOfOrder() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      PartitionProgress progress = new PartitionProgress(100);
      TreeSet<Long> unfinished = new TreeSet<>();
      int records = random.nextInt(round % 50 == 0 ? 20_000 : 60) + 1;
      for (long offset = 100; offset < 100 + records; offset++) {
        if (random.nextInt(8) > 0) {
          add(progress, offset);
          unfinished.add(offset);
        }
      }
      progress.reached(100 + records);
      for (long offset = 100; offset < 100 + records; offset++) {
        if (random.nextInt(3) > 0 && unfinished.remove(offset)) {
          progress.finish(offset);
        }
      }
      OffsetAndMetadata commit = requireNonNull(progress.commit());
      assertThat(commit.metadata().length()).isLessThan(4096);
      PartitionProgress restarted = PartitionProgress.from(commit);
      int known = 0;
      for (long offset = commit.offset(); offset < 100 + records; offset++) {
        known += restarted.knows(offset) ? 1 : 0;
        if (unfinished.contains(offset)) {
          assertThat(restarted.knows(offset)).as("seed %s: %s", seed, offset).isFalse();
        }
      }
      assertThat(restarted.knows(100 + records)).isFalse();
      if (records < 60) {
        assertThat(known)
            .as("seed %s", seed)
            .isEqualTo(100 + records - commit.offset() - unfinished.size());
      }
    }
  }

  @Test
  void metadataOfSomebodyElseMeansNothing() {
    for (String metadata : new String[] {"", "1:", "1:zz,-4", "1:a,b,c!", "other"}) {
      PartitionProgress progress = PartitionProgress.from(new OffsetAndMetadata(5, metadata));
      for (long offset = 5; offset < 50; offset++) {
        assertThat(progress.knows(offset)).as(metadata).isFalse();
      }
    }
  }

  private static void add(PartitionProgress progress, long offset) {
    progress.add(offset, new Pending(new LogEntry(offset, 0, (byte) 0, new byte[1])));
  }
}
