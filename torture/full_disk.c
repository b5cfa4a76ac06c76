/* A disk without room while a file is there: see outages.py.
 *
 * Loaded with LD_PRELOAD. While the file FULL_WHILE exists, a write that would make a file below
 * FULL_FOLDER longer fails with ENOSPC, as on a full disk; what has its room already is written.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES 4096
static char ours[FILES];

static int opened(int file, const char *path) {
    const char *folder = getenv("FULL_FOLDER");
    if (file >= 0 && file < FILES) ours[file] = folder && !strncmp(path, folder, strlen(folder));
    return file;
}

static int no_room(int file, off64_t end) {
    struct stat at;
    const char *full = getenv("FULL_WHILE");
    if (file < 0 || file >= FILES || !ours[file] || !full) return 0;
    if (syscall(SYS_faccessat, AT_FDCWD, full, F_OK)) return 0;
    if (fstat(file, &at) || end <= at.st_size) return 0;
    errno = ENOSPC;
    return 1;
}

#define MODE(flags) int mode = 0; if ((flags) & O_CREAT) { va_list a; va_start(a, flags); mode = va_arg(a, int); va_end(a); }

int open(const char *path, int flags, ...) { MODE(flags) return opened((int)syscall(SYS_openat, AT_FDCWD, path, flags, mode), path); }
int open64(const char *path, int flags, ...) { MODE(flags) return opened((int)syscall(SYS_openat, AT_FDCWD, path, flags, mode), path); }
int openat(int at, const char *path, int flags, ...) { MODE(flags) return opened((int)syscall(SYS_openat, at, path, flags, mode), path); }

ssize_t pwrite64(int file, const void *data, size_t length, off64_t offset) {
    if (no_room(file, offset + (off64_t)length)) return -1;
    return syscall(SYS_pwrite64, file, data, length, offset);
}
ssize_t pwrite(int file, const void *data, size_t length, off_t offset) { return pwrite64(file, data, length, offset); }

ssize_t write(int file, const void *data, size_t length) {
    off64_t at = file >= 0 && file < FILES && ours[file] ? syscall(SYS_lseek, file, 0, SEEK_CUR) : 0;
    if (no_room(file, at + (off64_t)length)) return -1;
    return syscall(SYS_write, file, data, length);
}

int ftruncate64(int file, off64_t length) {
    if (no_room(file, length)) return -1;
    return (int)syscall(SYS_ftruncate, file, length);
}
int ftruncate(int file, off_t length) { return ftruncate64(file, length); }

int posix_fallocate64(int file, off64_t offset, off64_t length) {
    if (no_room(file, offset + length)) return ENOSPC;
    return syscall(SYS_fallocate, file, 0, offset, length) ? errno : 0;
}
int posix_fallocate(int file, off_t offset, off_t length) { return posix_fallocate64(file, offset, length); }
