package io.leat.proxy.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets every wait of a test that names no limit of its own last a minute: limits end tests that
 * hang, and one that a slow machine needs longer for is no defect.
 *
 * <p>Registered for every test class of every module that has this one on its class path.
 */
public final class Patience implements BeforeAllCallback {
  /** For the registration. */
  public Patience() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
  }
}
