/* Faults of the disk and of the clock, for a program that is started with this library in LD_PRELOAD.

   The file that CORRAL_FAULTS names says what is wrong now, a line each; an empty or missing one says that nothing is:

       write EIO          writing to the database or its log fails; so do ENOSPC, EROFS
       sync EIO .db       bringing it to disk fails; only for files whose name ends in .db
       clock -86400       the clock is a day slow

   It is read anew within a few milliseconds. Linux only. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { INTERVAL = 5000000 }; /* nanoseconds between two looks at the file */

/* What fails: the error, 0 if nothing does, and the end of the names of the files that it is for. */
struct fault {
    atomic_int error;
    char suffix[32];
};

static struct fault writing, syncing;
static atomic_llong clock_offset, next_look;
static struct timespec last_change;
static ino_t last_file;
static pthread_mutex_t looking = PTHREAD_MUTEX_INITIALIZER;

/* The function of the C library that a wrapper stands in front of. */
#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static int real_clock(clockid_t clock, struct timespec *time) {
    REAL(clock_gettime);
    return real(clock, time);
}

static int error_named(const char *name) {
    if (!strcmp(name, "EIO")) return EIO;
    if (!strcmp(name, "ENOSPC")) return ENOSPC;
    if (!strcmp(name, "EROFS")) return EROFS;
    return EINVAL;
}

static void set(struct fault *fault, int error, const char suffix[32]) {
    /* The suffix is changed only while nothing fails. */
    atomic_store(&fault->error, 0);
    memcpy(fault->suffix, suffix, sizeof fault->suffix);
    atomic_store(&fault->error, error);
}

static void read_faults(const char *path) {
    char kind[32], value[32], suffix[32], line[128];
    struct fault *const faults[] = {&writing, &syncing};
    int errors[2] = {0, 0};
    char suffixes[2][32] = {"", ""};
    long long offset = 0;
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        suffix[0] = 0;
        if (sscanf(line, "%31s %31s %31s", kind, value, suffix) < 2) continue;
        if (!strcmp(kind, "clock")) offset = atoll(value);
        int place = !strcmp(kind, "write") ? 0 : !strcmp(kind, "sync") ? 1 : -1;
        if (place < 0) continue;
        errors[place] = error_named(value);
        strcpy(suffixes[place], suffix);
    }
    if (file) fclose(file);
    for (int place = 0; place < 2; place++) set(faults[place], errors[place], suffixes[place]);
    atomic_store(&clock_offset, offset);
}

/* Reads the file anew if it is time to, and if it has changed. */
static void look(void) {
    struct timespec now;
    struct stat status;
    const char *path;
    int error = errno;
    real_clock(CLOCK_MONOTONIC, &now);
    long long nanoseconds = now.tv_sec * 1000000000LL + now.tv_nsec;
    if (nanoseconds < atomic_load(&next_look) || pthread_mutex_trylock(&looking)) return;
    atomic_store(&next_look, nanoseconds + INTERVAL);
    path = getenv("CORRAL_FAULTS");
    if (!path || stat(path, &status)) memset(&status, 0, sizeof status);
    if (status.st_ino != last_file || memcmp(&status.st_mtim, &last_change, sizeof last_change)) {
        last_file = status.st_ino;
        last_change = status.st_mtim;
        read_faults(path ? path : "");
    }
    pthread_mutex_unlock(&looking);
    errno = error;
}

static int ends_in(const char *name, const char *suffix) {
    size_t length = strlen(name), end = strlen(suffix);
    return length >= end && !strcmp(name + length - end, suffix);
}

/* Whether a call on this file is to fail; then errno says why. */
static int fails(const struct fault *fault, int descriptor) {
    char link[40], name[4096];
    look();
    int error = atomic_load(&fault->error);
    if (!error) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, name, sizeof name - 1);
    if (length < 0) return 0;
    name[length] = 0;
    if (fault->suffix[0] ? !ends_in(name, fault->suffix) : !ends_in(name, ".db") && !ends_in(name, ".db-wal")) return 0;
    errno = error;
    return 1;
}

#define WRAP(fault, type, name, parameters, arguments) \
    type name parameters { \
        REAL(name); \
        return fails(&fault, descriptor) ? -1 : real arguments; \
    }

WRAP(writing, ssize_t, write, (int descriptor, const void *bytes, size_t count), (descriptor, bytes, count))
WRAP(writing, ssize_t, writev, (int descriptor, const struct iovec *parts, int count), (descriptor, parts, count))
WRAP(writing, ssize_t, pwrite, (int descriptor, const void *bytes, size_t count, off_t offset), (descriptor, bytes, count, offset))
WRAP(writing, ssize_t, pwrite64, (int descriptor, const void *bytes, size_t count, off64_t offset), (descriptor, bytes, count, offset))
WRAP(writing, int, ftruncate, (int descriptor, off_t length), (descriptor, length))
WRAP(writing, int, ftruncate64, (int descriptor, off64_t length), (descriptor, length))
WRAP(writing, int, fallocate, (int descriptor, int mode, off_t offset, off_t length), (descriptor, mode, offset, length))
WRAP(writing, int, fallocate64, (int descriptor, int mode, off64_t offset, off64_t length), (descriptor, mode, offset, length))
WRAP(syncing, int, fsync, (int descriptor), (descriptor))
WRAP(syncing, int, fdatasync, (int descriptor), (descriptor))

int posix_fallocate(int descriptor, off_t offset, off_t length) {
    REAL(posix_fallocate);
    return fails(&writing, descriptor) ? errno : real(descriptor, offset, length);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = real_clock(clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        look();
        time->tv_sec += atomic_load(&clock_offset);
    }
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    REAL(gettimeofday);
    int result = real(time, zone);
    if (result == 0) {
        look();
        time->tv_sec += atomic_load(&clock_offset);
    }
    return result;
}

/* A wait ends at a moment of the clock that the program sees; the system knows the right one only. */
int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, const struct timespec *restrict end) {
    static __typeof__(&pthread_cond_timedwait) real;
    struct timespec real_end = *end;
    if (!real) real = (__typeof__(real))dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (!real) real = (__typeof__(real))dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    /* Not a moment of the monotonic clock, which began when the machine did. */
    if (end->tv_sec > 1000000000) real_end.tv_sec -= atomic_load(&clock_offset);
    return real(condition, mutex, &real_end);
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}
