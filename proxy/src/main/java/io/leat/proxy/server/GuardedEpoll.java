package io.leat.proxy.server;

import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;

/**
 * Netty's epoll, with guards around two defects of 4.2.18. Used by one event loop.
 *
 * <ul>
 *   <li>A socket that waits for nothing is taken out of epoll and can never wait for anything
 *       again, which cuts a half-closed connection as soon as its output blocks. Here such a socket
 *       waits for errors instead.
 *   <li>Events are told apart by file descriptor only. When a socket is closed while events of the
 *       same batch still wait, and a new socket gets its descriptor, the new one gets the events of
 *       the old: a hang-up fails its connect. Here a socket hears nothing of the batch in which it
 *       was registered.
 * </ul>
 */
final class GuardedEpoll implements IoHandler {
  private final IoHandler epoll;
  private long batch;

  private GuardedEpoll(IoHandler epoll) {
    this.epoll = epoll;
  }

  static IoHandlerFactory newFactory() {
    IoHandlerFactory factory = EpollIoHandler.newFactory();
    return executor -> new GuardedEpoll(factory.newHandler(executor));
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    batch++;
    return epoll.run(context);
  }

  @Override
  public void prepareToDestroy() {
    epoll.prepareToDestroy();
  }

  @Override
  public void destroy() {
    epoll.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    Guard guard = new Guard((EpollIoHandle) handle, batch);
    return new Guarded(guard, epoll.register(guard));
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return epoll.isCompatible(handleType);
  }

  /** Between epoll and the channel: sees the events. */
  @SuppressWarnings("try") // the interface lets close() throw anything
  private final class Guard implements EpollIoHandle {
    private final EpollIoHandle channel;
    private final long registeredIn;
    private boolean waitsForNothing;

    Guard(EpollIoHandle channel, long registeredIn) {
      this.channel = channel;
      this.registeredIn = registeredIn;
    }

    @Override
    public FileDescriptor fd() {
      return channel.fd();
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
      if (registeredIn == batch) {
        return;
      }
      EpollIoOps ops = ((EpollIoEvent) event).ops();
      boolean wanted =
          ops.contains(EpollIoOps.EPOLLIN)
              || ops.contains(EpollIoOps.EPOLLOUT)
              || ops.contains(EpollIoOps.EPOLLRDHUP);
      if (waitsForNothing && !wanted && channel instanceof Channel.Unsafe dead) {
        // An error, or both directions ended: it would be reported again and again.
        dead.close(dead.voidPromise());
      } else {
        channel.handle(from, event);
      }
    }

    @Override
    public void registered() {
      channel.registered();
    }

    @Override
    public void unregistered() {
      channel.unregistered();
    }

    @Override
    public void close() throws Exception {
      channel.close();
    }
  }

  /** Between the channel and epoll: sees what the channel waits for. */
  private record Guarded(Guard guard, IoRegistration epoll) implements IoRegistration {
    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // as the interface has it
    public <T> T attachment() {
      return epoll.attachment();
    }

    @Override
    public long submit(IoOps ops) {
      boolean nothing = EpollIoOps.NONE.equals(ops);
      guard.waitsForNothing = nothing;
      return epoll.submit(nothing ? EpollIoOps.EPOLLERR : ops);
    }

    @Override
    public boolean isValid() {
      return epoll.isValid();
    }

    @Override
    public boolean cancel() {
      return epoll.cancel();
    }
  }
}
