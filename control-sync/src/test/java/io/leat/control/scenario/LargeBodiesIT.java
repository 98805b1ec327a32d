package io.leat.control.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bodies much larger than the memory they may cost.
 *
 * <p>{@code -Dleat.scenario.body.mib=2048} runs the long form.
 */
class LargeBodiesIT {
  private static final long BYTES = Long.getLong("leat.scenario.body.mib", 256) << 20;
  private static final long ALLOWED_GROWTH = 64L << 20;
  private static final byte[] BLOCK = new byte[256 * 1024];

  static {
    for (int i = 0; i < BLOCK.length; i++) {
      BLOCK[i] = (byte) (i * 31);
    }
  }

  @TempDir Path dir;

  private LeatProcess start() throws IOException {
    Path manifest = dir.resolve("shop.yaml");
    Files.writeString(
        manifest,
        Manifests.config("shop")
            + Manifests.route("shop", "{configurationName: shop, percent: 100}"));
    LeatProcess leat = LeatProcess.run(dir.resolve("state"), "-f", manifest.toString());
    try (KeepAliveClient client = new KeepAliveClient(leat.httpPort())) {
      for (int i = 0; i < 2_000; i++) {
        assertThat(client.get("shop.default.localhost", "/").status()).isEqualTo(200);
      }
    }
    return leat;
  }

  private static String digestOfBlocks() throws Exception {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    for (long done = 0; done < BYTES; done += BLOCK.length) {
      sha.update(BLOCK);
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  private static Socket open(LeatProcess leat, String head) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), leat.httpPort());
    socket.setSoTimeout(120_000);
    socket
        .getOutputStream()
        .write(
            (head + " HTTP/1.1\r\nHost: shop.default.localhost\r\nConnection: close\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    return socket;
  }

  private static void skipHead(InputStream in) throws IOException {
    int newlines = 0;
    while (newlines < 2) {
      int b = in.read();
      assertThat(b).isNotNegative();
      newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
    }
  }

  @Test
  void anUploadArrivesIntact() throws Exception {
    try (LeatProcess leat = start()) {
      long before = leat.residentBytes();
      try (Socket socket = open(leat, "POST /digest")) {
        OutputStream out = socket.getOutputStream();
        out.write(("Content-Length: " + BYTES + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        for (long done = 0; done < BYTES; done += BLOCK.length) {
          out.write(BLOCK);
        }
        InputStream in = new BufferedInputStream(socket.getInputStream());
        skipHead(in);
        assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII))
            .isEqualTo(digestOfBlocks());
      }
      long growth = leat.residentBytes() - before;
      System.out.println("upload of " + BYTES + " bytes: resident grew by " + growth);
      assertThat(growth).isLessThan(ALLOWED_GROWTH);
    }
  }

  @Test
  void aDownloadArrivesIntactAlsoWithASlowReader() throws Exception {
    try (LeatProcess leat = start()) {
      long before = leat.residentBytes();
      try (Socket slow = open(leat, "GET /bytes/" + BYTES);
          Socket socket = open(leat, "GET /bytes/" + BYTES)) {
        slow.getOutputStream().write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
        InputStream slowIn = new BufferedInputStream(slow.getInputStream(), 1024);
        skipHead(slowIn);
        InputStream in = new BufferedInputStream(socket.getInputStream(), BLOCK.length);
        skipHead(in);
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[BLOCK.length];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          sha.update(buffer, 0, n);
          slowIn.readNBytes(64);
        }
        assertThat(HexFormat.of().formatHex(sha.digest())).isEqualTo(digestOfBlocks());
      }
      long growth = leat.residentBytes() - before;
      System.out.println("download of " + BYTES + " bytes: resident grew by " + growth);
      assertThat(growth).isLessThan(ALLOWED_GROWTH);
    }
  }
}
