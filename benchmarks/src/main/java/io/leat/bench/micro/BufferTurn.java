package io.leat.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A buffer of the size of a read, taken and given back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BufferTurn {
  private static final int SIZE = 2048;

  private final ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;

  /** Not on an event loop, whose threads have caches of their own. */
  @Benchmark
  public boolean allocateAndRelease() {
    ByteBuf buffer = allocator.directBuffer(SIZE);
    return buffer.release();
  }
}
