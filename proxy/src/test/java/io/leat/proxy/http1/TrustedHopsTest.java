package io.leat.proxy.http1;

import static io.leat.proxy.http1.Wire.request;
import static io.leat.proxy.http1.Wire.rewrite;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What proxies in front of this one say of the client, and what the client says itself. */
@SuppressWarnings("StringConcatToTextBlock") // lines on the wire end in CRLF
class TrustedHopsTest {

  private static String after(int hops, String... fields) {
    RequestRewrite trusting = rewrite();
    trusting.trustedPeer = hops > 0;
    trusting.trustedHops = hops;
    String lines = String.join("\r\n", fields);
    return Wire.write(request("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n\r\n"), trusting);
  }

  private static void forwardedFor(int hops, String said, String passedOn) {
    String list = passedOn.isEmpty() ? "" : passedOn + ", ";
    assertThat(after(hops, "X-Forwarded-For: " + said))
        .as("%s hops, %s", hops, said)
        .contains("\r\nX-Forwarded-For: " + list + "192.0.2.7\r\n");
  }

  @Test
  void theClientIsAsManyEntriesFromTheRightAsThereAreHops() {
    forwardedFor(0, "10.0.0.1", "");
    forwardedFor(1, "10.0.0.1", "10.0.0.1");
    forwardedFor(1, "spoofed, 10.0.0.1", "10.0.0.1");
    forwardedFor(2, "spoofed, 10.0.0.1, 10.0.0.2", "10.0.0.1, 10.0.0.2");
    forwardedFor(2, "spoofed,more , 10.0.0.1 ,\t10.0.0.2", "10.0.0.1 ,\t10.0.0.2");
    forwardedFor(3, "10.0.0.1, 10.0.0.2", "10.0.0.1, 10.0.0.2");
    forwardedFor(1, "spoofed, , ", "spoofed, ,");
    forwardedFor(1, "x, spoofed, , ", "spoofed, ,");
    forwardedFor(1, ",", ",");
  }

  @Test
  void fieldsOfOneNameAreOneList() {
    String[] fields = {
      "X-Forwarded-For: spoofed", "X-Forwarded-For: too, 10.0.0.1", "X-Forwarded-For: 10.0.0.2",
    };
    assertThat(after(2, fields)).contains("X-Forwarded-For: 10.0.0.1, 10.0.0.2, 192.0.2.7\r\n");
    assertThat(after(1, fields)).contains("X-Forwarded-For: 10.0.0.2, 192.0.2.7\r\n");
  }

  @Test
  void commasWithinQuotesSeparateNothing() {
    String own = "for=192.0.2.7;host=a;proto=http\r\n";
    assertThat(after(1, "Forwarded: for=spoofed, for=\"_a,\\\",b\";proto=https"))
        .contains("Forwarded: for=\"_a,\\\",b\";proto=https, " + own);
  }

  @Test
  void aQuoteThatIsNeverClosedHidesNothing() {
    String own = "for=192.0.2.7;host=a;proto=http\r\n";
    assertThat(after(1, "Forwarded: for=\"spoofed, for=10.0.0.1"))
        .contains("Forwarded: for=10.0.0.1, " + own);
    assertThat(after(1, "Forwarded: for=\"spoofed\\, for=\"[2001:db8::1]\""))
        .contains("Forwarded: for=\"[2001:db8::1]\", " + own);
  }

  @Test
  void internalFieldsComeFromTrustedHopsOnly() {
    String[] fields = {"Knative-Serving-Revision: r", "K-Network-Probe: p", "K-Other: o"};
    assertThat(after(0, fields)).doesNotContain("Knative-", "K-Network", "K-Other");
    assertThat(after(1, fields)).contains(String.join("\r\n", fields));
  }
}
