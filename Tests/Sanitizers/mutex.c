/* Tells the thread sanitizer of the locks that it does not see.

   Swift's Mutex takes and gives back a lock that others wait for inside libswiftSynchronization, which is not built with the sanitizer:
   without this, everything that a contended Mutex guards is reported as a race. Loaded with LD_PRELOAD in front of that library, its two
   functions are handed on, and what they guarantee is said: a lock that is taken comes after the one that was given back. What the fast
   path does, without a wait, the sanitizer sees by itself. Linux only. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

/* In the program that is built with the sanitizer; in all others these are null. */
extern void __tsan_acquire(void *lock) __attribute__((weak));
extern void __tsan_release(void *lock) __attribute__((weak));

/* Their names in Swift: Synchronization._MutexHandle._lockSlow(UInt32) and ._unlockSlow(). */
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef __attribute__((swiftcall)) void lock_function(uint32_t thread, __attribute__((swift_context)) void *lock);
typedef __attribute__((swiftcall)) void unlock_function(__attribute__((swift_context)) void *lock);

__attribute__((swiftcall)) void lock(uint32_t thread, __attribute__((swift_context)) void *lock) __asm__(LOCK);
__attribute__((swiftcall)) void unlock(__attribute__((swift_context)) void *lock) __asm__(UNLOCK);

__attribute__((swiftcall)) void lock(uint32_t thread, __attribute__((swift_context)) void *lock) {
    static lock_function *next;
    if (!next) next = (lock_function *)dlsym(RTLD_NEXT, LOCK);
    next(thread, lock);
    if (__tsan_acquire) __tsan_acquire(lock);
}

__attribute__((swiftcall)) void unlock(__attribute__((swift_context)) void *lock) {
    static unlock_function *next;
    if (!next) next = (unlock_function *)dlsym(RTLD_NEXT, UNLOCK);
    if (__tsan_release) __tsan_release(lock);
    next(lock);
}
