/* Makes every fsync take at least LGSP_SYNC_US microseconds, as a disk does: preload it into a server. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

typedef int (*sync_call)(int);

static long long nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int slowly(sync_call call, int file) {
    const char *told = getenv("LGSP_SYNC_US");
    long long until = nanos() + (told ? atoll(told) : 0) * 1000;
    int answer = call(file);
    long long left = until - nanos();
    if (left > 0) {
        struct timespec pause = {left / 1000000000LL, left % 1000000000LL};
        nanosleep(&pause, NULL);
    }
    return answer;
}

int fsync(int file) {
    static sync_call call;
    if (!call) call = (sync_call)dlsym(RTLD_NEXT, "fsync");
    return slowly(call, file);
}

int fdatasync(int file) {
    static sync_call call;
    if (!call) call = (sync_call)dlsym(RTLD_NEXT, "fdatasync");
    return slowly(call, file);
}
