package io.leat.control.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files in the state directory by which clients find this process: {@code admin.url} for leat,
 * {@code kubeconfig} for kubectl.
 */
final class ClientFiles {
  private static final Logger LOG = LoggerFactory.getLogger(ClientFiles.class);
  private static final String URL = "admin.url";
  private static final String KUBECONFIG = "kubeconfig";

  private final Path folder;
  private final Consumer<String> messages;

  ClientFiles(Path folder, Consumer<String> messages) {
    this.folder = folder;
    this.messages = messages;
  }

  void write(String url) {
    String kubeconfig =
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: leat
          cluster:
            server: "%s"
        contexts:
        - name: leat
          context:
            cluster: leat
            namespace: default
            user: ""
        current-context: leat
        """
            .formatted(url);
    try {
      replace(URL, url + "\n");
      replace(KUBECONFIG, kubeconfig);
    } catch (IOException e) {
      messages.accept("client commands need --server: cannot write " + e.getMessage());
    }
  }

  /** At once: clients that outlive this process read these files at any time. */
  private void replace(String name, String text) throws IOException {
    Path fresh = Files.writeString(folder.resolve(name + ".new"), text);
    Files.move(
        fresh,
        folder.resolve(name),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  void delete() {
    for (String name : List.of(URL, KUBECONFIG)) {
      try {
        Files.deleteIfExists(folder.resolve(name));
      } catch (IOException e) {
        LOG.warn("{} stays", name, e);
      }
    }
  }
}
