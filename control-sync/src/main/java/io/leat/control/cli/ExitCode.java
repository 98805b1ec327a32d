package io.leat.control.cli;

/** What a command tells its caller; scripts rely on the numbers. */
final class ExitCode {
  static final int OK = 0;
  static final int FAILURE = 1;
  static final int USAGE = 2;
  static final int NOT_FOUND = 3;
  static final int CONFLICT = 4;
  static final int VALIDATION = 5;
  static final int TIMED_OUT = 6;
  static final int UNREACHABLE = 7;
  static final int CHANGES = 8;
  static final int ENVIRONMENT = 69;
  static final int CONFIGURATION = 78;

  private ExitCode() {}
}
