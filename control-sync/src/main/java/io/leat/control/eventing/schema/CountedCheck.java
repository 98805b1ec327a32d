package io.leat.control.eventing.schema;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionContext;

/** One run of a schema, which ends after a number of steps or problems. */
final class CountedCheck extends ExecutionContext {
  /** Keywords that one check evaluates at most. */
  static final int MAX_STEPS = 200_000;

  private int steps;
  private int problems;

  @Override
  public void evaluationPathAddLast(String keyword) {
    step();
    super.evaluationPathAddLast(keyword);
  }

  @Override
  public void evaluationPathAddLast(int index) {
    step();
    super.evaluationPathAddLast(index);
  }

  @Override
  public void addError(Error error) {
    // Alternatives that do not fit report here as well, so the bound is above what is told.
    if (++problems > MAX_STEPS / 10) {
      throw new CostlyCheckException("there are too many problems to count");
    }
    super.addError(error);
  }

  private void step() {
    if (++steps > MAX_STEPS) {
      throw new CostlyCheckException("the schema takes too many steps for this data");
    }
  }
}
