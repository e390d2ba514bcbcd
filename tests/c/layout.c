/* How large the C library and the kernel's headers make the structs that pin_ffi::Plain covers. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/can.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/genetlink.h>
#include <linux/if_packet.h>
#include <linux/input.h>
#include <linux/netlink.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <time.h>

#define SIZE(t) { #t, sizeof(struct t) }

static const struct { const char *name; size_t size; } sizes[] = {
    SIZE(pollfd), SIZE(in_addr), SIZE(in6_addr), SIZE(ip_mreq), SIZE(ipv6_mreq), SIZE(linger), SIZE(rlimit),
    SIZE(winsize), SIZE(sock_filter), SIZE(ucred), SIZE(sockaddr), SIZE(sockaddr_in), SIZE(sockaddr_in6),
    SIZE(sockaddr_un), SIZE(sockaddr_nl), SIZE(sockaddr_ll), SIZE(sockaddr_storage), SIZE(ip_mreqn),
    SIZE(in_pktinfo), SIZE(in6_pktinfo), SIZE(nlmsghdr), SIZE(nlmsgerr), SIZE(nlattr), SIZE(genlmsghdr),
    SIZE(inotify_event), SIZE(signalfd_siginfo), SIZE(utsname), SIZE(sembuf), SIZE(can_frame), SIZE(input_id),
    SIZE(input_absinfo), SIZE(open_how), SIZE(clone_args), SIZE(file_clone_range), SIZE(statx), SIZE(statx_timestamp),
    SIZE(timespec), SIZE(timeval), SIZE(itimerspec), SIZE(itimerval), SIZE(tms), SIZE(input_event), SIZE(rusage),
    SIZE(statvfs), SIZE(statfs), SIZE(stat), SIZE(epoll_event),
    { "cpu_set_t", sizeof(cpu_set_t) }, { "sigset_t", sizeof(sigset_t) }, { "fd_set", sizeof(fd_set) },
    { "fsid_t", sizeof(fsid_t) },
};

/* 0 if there is no such struct here. */
size_t layout_size(const char *name)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (strcmp(sizes[i].name, name) == 0)
            return sizes[i].size;
    return 0;
}
