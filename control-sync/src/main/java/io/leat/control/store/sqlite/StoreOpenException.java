package io.leat.control.store.sqlite;

import java.nio.file.Path;

/** Says why a store's file cannot be used, and what to do; the file was not changed. */
public final class StoreOpenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Path path;
  private final transient Reason reason;

  /** Why. */
  public sealed interface Reason {

    /** What is wrong and what to do, for a person. */
    String text();

    /** The file is cut off, holds garbage, or lacks a part. */
    record Corrupt(String detail) implements Reason {
      @Override
      public String text() {
        return "is damaged ("
            + detail
            + "): restore a backup with 'leat restore', or move the file and its -wal aside to"
            + " start empty";
      }
    }

    /** The file is a database of another program. */
    record Foreign(String detail) implements Reason {
      @Override
      public String text() {
        return "is no store of Leat (" + detail + "): choose another --state-dir";
      }
    }

    /** The file was written by a newer Leat. */
    record NewerSchema(int found, int known) implements Reason {
      @Override
      public String text() {
        return "has schema "
            + found
            + " and this Leat knows schemas up to "
            + known
            + ": run the newer Leat, or restore a backup from before the upgrade";
      }
    }

    /** The folder or the file cannot be written. */
    record NotWritable(String detail) implements Reason {
      @Override
      public String text() {
        return "cannot be written ("
            + detail
            + "): give this user the right to write the file and its folder, or choose another"
            + " --state-dir";
      }
    }

    /** Another process has the file open. */
    record Locked() implements Reason {
      @Override
      public String text() {
        return "is in use by another Leat: stop that one, or choose another --state-dir";
      }
    }
  }

  StoreOpenException(Path path, Reason reason) {
    super(path + " " + reason.text());
    this.path = path;
    this.reason = reason;
  }

  StoreOpenException(Path path, Reason reason, Throwable cause) {
    super(path + " " + reason.text(), cause);
    this.path = path;
    this.reason = reason;
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** Why it cannot be used. */
  public Reason reason() {
    return reason;
  }
}
