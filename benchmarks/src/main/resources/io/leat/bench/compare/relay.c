/* A single-threaded epoll relay that copies bytes both ways and parses nothing: the floor that the
 * kernel's TCP work sets for any proxy. Usage: relay PORT ORIGIN_PORT */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int peer_of[65536];
static char buffer[65536];

static void watch(int epoll, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  struct sockaddr_in origin = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
  here.sin_addr.s_addr = origin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int on = 1, epoll = epoll_create1(0), listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 4096)) {
    perror("relay");
    return 1;
  }
  struct epoll_event events[256];
  watch(epoll, listener);
  for (;;) {
    int n = epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (client < 0) continue;
        int upstream = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(upstream, (struct sockaddr *)&origin, sizeof origin)) return 1;
        peer_of[client] = upstream;
        peer_of[upstream] = client;
        watch(epoll, client);
        watch(epoll, upstream);
        continue;
      }
      ssize_t got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (got < 0 && errno == EAGAIN) continue;
      int other = peer_of[fd];
      if (got <= 0) {
        if (other) {
          peer_of[fd] = peer_of[other] = 0;
          close(other);
        }
        close(fd);
        continue;
      }
      for (ssize_t done = 0; done < got;) {
        ssize_t sent = send(other, buffer + done, got - done, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) break;
        if (sent > 0) done += sent;
      }
    }
  }
}
