package io.leat.control.kubernetes;

import java.io.Serial;

/** Says that the API server did not answer, or not with what was asked for; nothing is known. */
public final class ApiUnavailableException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  ApiUnavailableException(String message) {
    super(message);
  }

  ApiUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
