/* A preloaded library that fails, or kills the process at, the nth call that changes a file below a folder. It intercepts calls of
   DuckDB and SQLite too, which Python's audit hooks do not see.

   Put here counting and failing of calls, not the checks afterwards (faults.py).

   FAULTS_UNDER: a folder. FAULTS_EXCEPT: a folder in it to ignore. FAULTS_COUNT: a file of eight bytes that counts the calls of all
   processes. FAULTS_KINDS: the kinds of calls (o open, w write, s sync, n create, remove or rename). FAULTS_AT: n (0: none).
   FAULTS_ERRNO: the error (0: SIGKILL). FAULTS_AGAIN: if set, all later calls fail too. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *under, *except, *kinds;
static atomic_long *count;
static long at;
static int number, again;

__attribute__((constructor)) static void begin(void) {
    int fd = open(getenv("FAULTS_COUNT"), O_RDWR);
    count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    at = atol(getenv("FAULTS_AT"));
    number = atoi(getenv("FAULTS_ERRNO"));
    again = getenv("FAULTS_AGAIN") != NULL;
    except = getenv("FAULTS_EXCEPT");
    kinds = getenv("FAULTS_KINDS");
    under = getenv("FAULTS_UNDER");
}

static int starts(const char *path, const char *folder) { return folder && path && strncmp(path, folder, strlen(folder)) == 0; }

static int is_below(const char *path) { return starts(path, under) && !starts(path, except); }

static int fails(char kind, int below) {
    if (!below || !strchr(kinds, kind)) return 0;
    long n = 1 + atomic_fetch_add(count, 1);
    if (!at || !(n == at || (again && n > at))) return 0;
    if (!number) kill(getpid(), SIGKILL);
    errno = number;
    return 1;
}

static int of_fd(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    return is_below(path);
}

static int of_path(int folder, const char *path) { return path && path[0] == '/' ? is_below(path) : folder != AT_FDCWD && of_fd(folder); }

/* kind, name, the condition that says where, type of the result, the parameters, the arguments */
#define CALL(kind, name, where, type, parameters, arguments)                                                                           \
    type name parameters {                                                                                                             \
        static type(*real) parameters;                                                                                                 \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                                                                     \
        return fails(kind, where) ? (type)-1 : real arguments;                                                                         \
    }
#define OPEN(name, where, before, parameters, arguments)                                                                               \
    int name parameters {                                                                                                              \
        static int(*real) before;                                                                                                      \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                                                                     \
        va_list more;                                                                                                                  \
        va_start(more, flags);                                                                                                         \
        mode_t mode = va_arg(more, mode_t);                                                                                            \
        va_end(more);                                                                                                                  \
        return (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) && fails('o', where) ? -1 : real arguments;                           \
    }

CALL('w', write, of_fd(fd), ssize_t, (int fd, const void *b, size_t n), (fd, b, n))
CALL('w', pwrite, of_fd(fd), ssize_t, (int fd, const void *b, size_t n, off_t o), (fd, b, n, o))
CALL('w', pwrite64, of_fd(fd), ssize_t, (int fd, const void *b, size_t n, off64_t o), (fd, b, n, o))
CALL('w', writev, of_fd(fd), ssize_t, (int fd, const struct iovec *v, int n), (fd, v, n))
CALL('w', sendfile, of_fd(to), ssize_t, (int to, int from, off_t *o, size_t n), (to, from, o, n))
CALL('w', sendfile64, of_fd(to), ssize_t, (int to, int from, off64_t *o, size_t n), (to, from, o, n))
CALL('w', copy_file_range, of_fd(to), ssize_t, (int from, off64_t *i, int to, off64_t *o, size_t n, unsigned f), (from, i, to, o, n, f))
CALL('s', fsync, of_fd(fd), int, (int fd), (fd))
CALL('s', fdatasync, of_fd(fd), int, (int fd), (fd))
CALL('w', ftruncate, of_fd(fd), int, (int fd, off_t n), (fd, n))
CALL('w', ftruncate64, of_fd(fd), int, (int fd, off64_t n), (fd, n))
CALL('n', rename, is_below(to), int, (const char *from, const char *to), (from, to))
CALL('n', renameat, of_path(g, to), int, (int f, const char *from, int g, const char *to), (f, from, g, to))
CALL('n', link, is_below(to), int, (const char *from, const char *to), (from, to))
CALL('n', linkat, of_path(g, to), int, (int f, const char *from, int g, const char *to, int flags), (f, from, g, to, flags))
CALL('n', symlink, is_below(to), int, (const char *from, const char *to), (from, to))
CALL('n', symlinkat, of_path(g, to), int, (const char *from, int g, const char *to), (from, g, to))
CALL('n', mkdir, is_below(path), int, (const char *path, mode_t mode), (path, mode))
CALL('n', mkdirat, of_path(f, path), int, (int f, const char *path, mode_t mode), (f, path, mode))
CALL('n', chmod, is_below(path), int, (const char *path, mode_t mode), (path, mode))
CALL('n', unlink, is_below(path), int, (const char *path), (path))
CALL('n', unlinkat, of_path(f, path), int, (int f, const char *path, int flags), (f, path, flags))
CALL('n', remove, is_below(path), int, (const char *path), (path))
CALL('n', fchmod, of_fd(fd), int, (int fd, mode_t mode), (fd, mode))
CALL('n', utimensat, of_path(f, path), int, (int f, const char *path, const struct timespec t[2], int flags), (f, path, t, flags))
CALL('w', truncate64, is_below(path), int, (const char *path, off64_t n), (path, n))
CALL('n', rmdir, is_below(path), int, (const char *path), (path))
OPEN(open, is_below(path), (const char *, int, ...), (const char *path, int flags, ...), (path, flags, mode))
OPEN(open64, is_below(path), (const char *, int, ...), (const char *path, int flags, ...), (path, flags, mode))
OPEN(openat, of_path(folder, path), (int, const char *, int, ...),
     (int folder, const char *path, int flags, ...), (folder, path, flags, mode))
OPEN(openat64, of_path(folder, path), (int, const char *, int, ...),
     (int folder, const char *path, int flags, ...), (folder, path, flags, mode))
