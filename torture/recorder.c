/* Records what a process writes below one folder, and what it has synced: see power.py.
 *
 * Loaded with LD_PRELOAD. Each record: kind (1 byte), length of the path (2), the path, offset (8,
 * -1: at the end), length of the data (4), the data; numbers as this machine has them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES 4096
static char *paths[FILES];
static int appends[FILES];
static int log_file = -1;
static const char *folder;
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static void put(const void *data, size_t length) {
    const char *at = data;
    while (length) {
        long done = syscall(SYS_write, log_file, at, length);
        if (done <= 0) _exit(70);
        at += done;
        length -= (size_t)done;
    }
}

static void record(char kind, const char *path, int64_t offset, const void *data, uint32_t length) {
    uint16_t path_length = (uint16_t)strlen(path);
    pthread_mutex_lock(&one_at_a_time);
    put(&kind, 1);
    put(&path_length, 2);
    put(path, path_length);
    put(&offset, 8);
    put(&length, 4);
    if (length) put(data, length);
    pthread_mutex_unlock(&one_at_a_time);
}

static void note(char kind, int file, int64_t offset, const void *data, uint32_t length) {
    if (file < 0 || file >= FILES || !paths[file] || log_file < 0) return;
    record(kind, paths[file], offset, data, length);
}

static int opened(int file, const char *path, int flags) {
    if (!folder) {
        folder = getenv("RECORD_FOLDER");
        const char *log = getenv("RECORD_LOG");
        if (!folder || !log) return file;
        log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    }
    if (file >= 0 && file < FILES) {
        free(paths[file]);
        int ours = folder && !strncmp(path, folder, strlen(folder));
        paths[file] = ours ? strdup(path) : NULL;
        appends[file] = flags & O_APPEND;
        if (ours && (flags & O_TRUNC)) note('t', file, 0, NULL, 0);
    }
    return file;
}

#define MODE(flags) int mode = 0; if ((flags) & O_CREAT) { va_list a; va_start(a, flags); mode = va_arg(a, int); va_end(a); }

int open(const char *path, int flags, ...) { MODE(flags) return opened((int)syscall(SYS_openat, AT_FDCWD, path, flags, mode), path, flags); }
int open64(const char *path, int flags, ...) { MODE(flags) return opened((int)syscall(SYS_openat, AT_FDCWD, path, flags, mode), path, flags); }
int openat(int at, const char *path, int flags, ...) { MODE(flags) return opened((int)syscall(SYS_openat, at, path, flags, mode), path, flags); }

int close(int file) {
    if (file >= 0 && file < FILES && paths[file]) { free(paths[file]); paths[file] = NULL; }
    return (int)syscall(SYS_close, file);
}

ssize_t pwrite64(int file, const void *data, size_t length, off64_t offset) {
    ssize_t done = syscall(SYS_pwrite64, file, data, length, offset);
    if (done > 0) note('w', file, offset, data, (uint32_t)done);
    return done;
}
ssize_t pwrite(int file, const void *data, size_t length, off_t offset) { return pwrite64(file, data, length, offset); }

ssize_t write(int file, const void *data, size_t length) {
    int64_t at = -1;
    if (file >= 0 && file < FILES && paths[file] && !appends[file]) at = syscall(SYS_lseek, file, 0, SEEK_CUR);
    ssize_t done = syscall(SYS_write, file, data, length);
    if (done > 0) note('w', file, at, data, (uint32_t)done);
    return done;
}

int unlink(const char *path) {
    int done = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (!done && log_file >= 0 && !strncmp(path, folder, strlen(folder))) record('u', path, 0, NULL, 0);
    return done;
}

int ftruncate64(int file, off64_t length) {
    int done = (int)syscall(SYS_ftruncate, file, length);
    if (!done) note('t', file, length, NULL, 0);
    return done;
}
int ftruncate(int file, off_t length) { return ftruncate64(file, length); }

int fdatasync(int file) { int done = (int)syscall(SYS_fdatasync, file); if (!done) note('s', file, 0, NULL, 0); return done; }
int fsync(int file) { int done = (int)syscall(SYS_fsync, file); if (!done) note('s', file, 0, NULL, 0); return done; }
