package io.leat.proxy.soak;

import com.sun.management.UnixOperatingSystemMXBean;
import io.leat.proxy.testing.ProxyFixture;
import java.lang.management.ManagementFactory;

/**
 * What the process holds while nothing happens.
 *
 * @param heap bytes in use after a collection
 * @param direct bytes that the buffer allocator holds
 * @param threads platform threads
 * @param files open descriptors
 */
record Footprint(long heap, long direct, int threads, long files) {
  private static final int COLLECTIONS = 3;

  static Footprint of(ProxyFixture proxy) {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return new Footprint(
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        proxy.proxy().guards().bufferedBytes(),
        ManagementFactory.getThreadMXBean().getThreadCount(),
        openFiles());
  }

  private static long openFiles() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : 0;
  }
}
