package io.leat.control.cli;

import java.util.List;
import java.util.Set;

/** The commands below {@code leat}, by name, in the order of its help. */
final class Subcommands {
  /** Those that need all the others: to complete them, and to have them in the AOT cache. */
  static final Set<String> NEED_ALL = Set.of("completion", "train");

  static final List<String> NAMES =
      List.of(
          "run",
          "validate",
          "apply",
          "plan",
          "get",
          "describe",
          "history",
          "delete",
          "action",
          "explain",
          "top",
          "tap",
          "logs",
          "rollback",
          "rollout",
          "send",
          "events",
          "replay",
          "drain",
          "backup",
          "restore",
          "check",
          "config",
          "completion",
          "version",
          "train");

  private Subcommands() {}

  /**
   * A new command of that name.
   *
   * @throws IllegalArgumentException for no name of {@link #NAMES}
   */
  static Object named(String name) {
    return switch (name) {
      case "run" -> new RunCommand();
      case "validate" -> new ValidateCommand();
      case "apply" -> new ApplyCommand();
      case "plan" -> new PlanCommand();
      case "get" -> new GetCommand();
      case "describe" -> new DescribeCommand();
      case "history" -> new HistoryCommand();
      case "delete" -> new DeleteCommand();
      case "action" -> new ActionCommand();
      case "top" -> new TopCommand();
      case "tap" -> new TapCommand();
      case "logs" -> new LogsCommand();
      case "explain" -> new ExplainCommand();
      case "rollback" -> new RollbackCommand();
      case "rollout" -> new RolloutCommand();
      case "send" -> new SendCommand();
      case "events" -> new EventsCommand();
      case "replay" -> new ReplayCommand();
      case "drain" -> new DrainCommand();
      case "backup" -> new BackupCommand();
      case "restore" -> new RestoreCommand();
      case "check" -> new CheckCommand();
      case "config" -> new ConfigCommand();
      case "completion" -> new CompletionCommand();
      case "version" -> new VersionCommand();
      case "train" -> new TrainCommand();
      default -> throw new IllegalArgumentException("no command: " + name);
    };
  }
}
