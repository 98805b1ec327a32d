package io.leat.control.module;

import java.io.Serial;

/** Why something was not done for a caller; the message is part of the API. */
public final class ModuleFailure extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final Code code;

  /** What a caller can make of it; the name in lower case begins the message of the API. */
  public enum Code {
    /** The request can never be carried out like this. */
    BAD_REQUEST,
    /** There is nothing of that name. */
    NOT_FOUND,
    /** There is something of that name already. */
    ALREADY_EXISTS,
    /** A rule between resources stands in the way. */
    CONFLICT,
    /** The resource is not at the version that the caller expects. */
    PRECONDITION,
    /** It is known what is meant, and not done here. */
    UNSUPPORTED,
    /** What the path names takes no such method. */
    NOT_ALLOWED,
    /** Not the caller's fault. */
    INTERNAL
  }

  /** A failure of a kind. */
  public ModuleFailure(Code code, String message) {
    super(message);
    this.code = code;
  }

  /** A request that can never be carried out. */
  public static ModuleFailure badRequest(String message) {
    return new ModuleFailure(Code.BAD_REQUEST, message);
  }

  /** What is not there. */
  public static ModuleFailure notFound(Urn urn) {
    return notFound(urn.toString());
  }

  /** What is not there. */
  public static ModuleFailure notFound(String urn) {
    return new ModuleFailure(Code.NOT_FOUND, "resource with urn '" + urn + "' not found");
  }

  /** What is there already. */
  public static ModuleFailure exists(Urn urn) {
    return new ModuleFailure(Code.ALREADY_EXISTS, "resource with urn '" + urn + "' already exists");
  }

  /** A resource of a kind that logs nothing. */
  public static ModuleFailure noLogs(Urn urn) {
    return new ModuleFailure(
        Code.UNSUPPORTED, "log streaming not supported for kind '" + urn.kind() + "'");
  }

  /** What a caller can make of it. */
  public Code code() {
    return code;
  }

  /** For a person; never null. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
