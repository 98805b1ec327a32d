package io.leat.control.eventing.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.awaitility.Awaitility;

/** One real Kafka broker in a process of its own, which a test may kill. */
final class KafkaProcess implements AutoCloseable {
  private final Path folder;
  private final int port;
  private Process process;

  private KafkaProcess(Path folder, int port, Process process) {
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  /** What the process runs: formats the folder if it is new, and serves. */
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    String settings = folder.resolve("server.properties").toString();
    if (!Files.exists(folder.resolve("data/meta.properties"))) {
      String[] format = {"format", "-t", "AAAAAAAAQACAAAAAAAAAAA", "-c", settings};
      if (StorageTool.execute(format, System.out) != 0) {
        throw new IllegalStateException("not formatted");
      }
    }
    Kafka.main(new String[] {settings});
  }

  static KafkaProcess start(Path folder) throws IOException {
    int port = freePort();
    int controller = freePort();
    Files.writeString(
        folder.resolve("server.properties"),
        """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@localhost:%2$d
        listeners=PLAINTEXT://localhost:%1$d,CONTROLLER://localhost:%2$d
        controller.listener.names=CONTROLLER
        log.dirs=%3$s
        auto.create.topics.enable=false
        offsets.topic.num.partitions=1
        offsets.topic.replication.factor=1
        transaction.state.log.num.partitions=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        group.initial.rebalance.delay.ms=0
        """
            .formatted(port, controller, folder.resolve("data")));
    KafkaProcess started = new KafkaProcess(folder, port, launch(folder));
    started.awaitPort();
    return started;
  }

  private static Process launch(Path folder) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            KafkaProcess.class.getName(),
            folder.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitPort() {
    Awaitility.await()
        .atMost(KafkaLogs.PATIENCE)
        .ignoreExceptions()
        .until(() -> {
          try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
          }
        });
  }

  /** Arguments of a Channel on this broker. */
  Map<String, String> arguments(int partitions) {
    return Map.of(
        KafkaArguments.SERVERS,
        "localhost:" + port,
        KafkaArguments.PARTITIONS,
        Integer.toString(partitions));
  }

  /** Ends the process as it is. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** The killed broker comes back on the same port with the same files. */
  void restart() throws IOException {
    process = launch(folder);
    awaitPort();
  }

  @Override
  public void close() {
    kill();
  }
}
