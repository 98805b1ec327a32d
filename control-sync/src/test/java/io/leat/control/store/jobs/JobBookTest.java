package io.leat.control.store.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract, kept in memory. */
final class JobBookTest extends JobStoreContract {
  @Override
  protected JobStore open() {
    return JobBook.inMemory(now::get, RULES);
  }

  /** A job was enqueued on another connection, and stayed when the transaction failed. */
  @Test
  void aCommitThatFailsLeavesNoJob() {
    JobBook book = JobBook.inMemory(now::get, RULES);
    JobRequest request = JobRequest.of("sync", "shop", "");
    assertThatThrownBy(() ->
            book.enqueueAll(
                List.of(request),
                _ -> {
                  throw new IllegalStateException("the disk is full");
                }))
        .hasMessage("the disk is full");
    assertThat(book.ofKey("shop")).isEmpty();
    assertThat(book.enqueue(request).id()).isEqualTo(1);
  }
}
