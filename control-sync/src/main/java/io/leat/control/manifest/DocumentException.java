package io.leat.control.manifest;

import java.io.Serial;

/** A text that is no document, or one beyond the bounds; never leaves this package. */
final class DocumentException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final transient Place place;

  DocumentException(Place place, String message) {
    super(message, null, false, false);
    this.place = place;
  }

  Place place() {
    return place;
  }

  /** The message, which is never absent here. */
  String text() {
    String message = getMessage();
    return message == null ? "cannot be read" : message;
  }
}
