package io.leat.proxy.fanout.account;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReceiptsTest {
  private final Receipts receipts = new Receipts(4096);

  private static Receipt receipt(String id, Receipt.State state, int tries, int status) {
    return new Receipt("/source", id, state, tries, status, 0);
  }

  @Test
  void deliveredEventIsFoundByItsSourceAndId() {
    for (int i = 0; i < 100; i++) {
      receipts.put(receipt("e" + i, Receipt.State.DELIVERED, i + 1, 200 + i));
    }

    int found = 0;
    for (int i = 0; i < 100; i++) {
      Receipt receipt = receipts.find("/source", "e" + i);
      if (receipt != null) {
        found++;
        assertThat(receipt).isEqualTo(receipt("e" + i, Receipt.State.DELIVERED, i + 1, 200 + i));
      }
    }
    // Two of a hundred may have one of 4096 places in common.
    assertThat(found).isGreaterThan(90);
    assertThat(receipts.find("/other", "e1")).isNull();
    assertThat(receipts.find("/source", "e100")).isNull();
  }

  @Test
  void deliveryReplacesTheFailureBeforeIt() {
    receipts.put(receipt("e", Receipt.State.DROPPED, 1, 500));
    assertThat(receipts.failed(10)).containsExactly(receipt("e", Receipt.State.DROPPED, 1, 500));

    receipts.put(receipt("e", Receipt.State.DELIVERED, 2, 202));

    assertThat(receipts.failed(10)).isEmpty();
    assertThat(receipts.find("/source", "e"))
        .isEqualTo(receipt("e", Receipt.State.DELIVERED, 2, 202));
  }

  @Test
  void failureReplacesTheDeliveryBeforeIt() {
    receipts.put(receipt("e", Receipt.State.DELIVERED, 1, 200));

    receipts.put(receipt("e", Receipt.State.DEAD_LETTERED, 3, 503));

    assertThat(receipts.find("/source", "e"))
        .isEqualTo(receipt("e", Receipt.State.DEAD_LETTERED, 3, 503));
  }

  @Test
  void deliveryWithMoreTriesThanANumberHoldsIsKept() {
    receipts.put(receipt("e", Receipt.State.DELIVERED, 100_000, 204));

    assertThat(receipts.find("/source", "e"))
        .isEqualTo(receipt("e", Receipt.State.DELIVERED, 100_000, 204));
  }
}
