package io.leat.bench.compare;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.leat.bench.compare.Contenders.Contender;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Bytes that the whole Leat process allocates on the heap per request in steady state.
 *
 * <p>Attaches to the process and reads {@code getTotalThreadAllocatedBytes}, the exact sum over all
 * threads that live or have ended, before and after a load of a million requests. What the reading
 * itself allocates stays in the figure: the same reading over the same time without load says how
 * much that, with all that runs in the background, is.
 */
final class Allocation {
  private static final long REQUESTS = 1_050_000;
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private Allocation() {}

  /** Must be the last part: the agent that answers stays in the process. */
  // What BanJNDI fears is an address from a stranger; this one comes from a process of this run.
  @SuppressWarnings("BanJNDI")
  static void measure(Contender leat, Options options, Report report)
      throws IOException, InterruptedException {
    long pid =
        leat.child().java().orElseThrow(() -> new IOException("no Java process of " + leat.name()));
    try (JMXConnector connector = JMXConnectorFactory.connect(address(pid))) {
      ThreadMXBean threads =
          ManagementFactory.newPlatformMXBeanProxy(
              connector.getMBeanServerConnection(),
              ManagementFactory.THREAD_MXBEAN_NAME,
              ThreadMXBean.class);
      threads.getTotalThreadAllocatedBytes();
      Load pace = run(leat, options, Duration.ofSeconds(2));
      long seconds = 1 + (long) (REQUESTS / pace.requestsPerSecond());
      Duration time = Duration.ofSeconds(Math.min(LONGEST.toSeconds(), seconds));

      long before = threads.getTotalThreadAllocatedBytes();
      Load load = run(leat, options, time);
      long bytes = threads.getTotalThreadAllocatedBytes() - before;
      report.failed(leat.name(), load.errors());
      report.add(leat.name(), Report.ALLOCATED, (double) bytes / load.requests());
      report.add(leat.name(), Report.ALLOCATED_OVER, (double) load.requests());

      long idleBefore = threads.getTotalThreadAllocatedBytes();
      Thread.sleep(Duration.ofSeconds(3));
      long idle = threads.getTotalThreadAllocatedBytes() - idleBefore;
      report.add(leat.name(), Report.ALLOCATED_IDLE, idle / 3.0 * time.toSeconds());
    }
  }

  private static Load run(Contender leat, Options options, Duration time)
      throws IOException, InterruptedException {
    return Load.run(leat.port(), options.mainBytes(), options.mainConnections(), time);
  }

  private static JMXServiceURL address(long pid) throws IOException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        return new JMXServiceURL(machine.startLocalManagementAgent());
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException e) {
      throw new IOException("cannot attach to process " + pid, e);
    }
  }
}
