package io.leat.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.table.HeaderEdit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the codec writes or drops by rules of its own, no route edits. */
final class HeaderEditNamesTest {
  private static final long OWN =
      HeaderName.REWRITTEN
          | HeaderName.FROM_TRUSTED_HOP
          | 1L << HeaderName.VIA
          | 1L << HeaderName.EXPECT
          | 1L << HeaderName.TRACE
          | 1L << HeaderName.UNDERSCORE;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "te",
        "upgrade",
        "keep-alive",
        "proxy-connection",
        "proxy-authenticate",
        "proxy-authorization",
        "http2-settings",
        "proxy",
        "proxy-authentication-info",
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-real-ip",
        "knative-x",
        "k-x",
        "via",
        "expect",
        "traceparent",
        "tracestate",
        "a_b",
        "server",
        "cookie",
        "set-cookie",
        "content-type",
        "authorization",
        "x-request-id",
        "date",
        "kx",
        "cache-control",
        "accept-encoding"
      })
  void theTableRefusesWhatTheCodecOwns(String name) {
    boolean own = HeaderName.in(OWN, HeaderName.of(Wire.bytes(name), 0, name.length()));
    assertThat(HeaderEdit.refusal(name, "") != null).isEqualTo(own);
  }
}
