package io.leat.control.eventing.schema;

/** Ends a check that costs more than a check may cost; never leaves the package. */
final class CostlyCheckException extends RuntimeException {
  private static final long serialVersionUID = 1;

  CostlyCheckException(String message) {
    super(message, null, false, false);
  }
}
