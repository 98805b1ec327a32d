package io.leat.control.store;

/** What became of the wish to watch from a version. */
public sealed interface WatchOutcome {

  /** Every event after the version was or will be told. */
  record Started(ResourceStore.Watch watch) implements WatchOutcome {}

  /**
   * Not all events after the version are known (any more), or it lies in the future: list again.
   *
   * @param oldest the lowest version that a watch may start from
   */
  record Gone(long oldest) implements WatchOutcome {}
}
