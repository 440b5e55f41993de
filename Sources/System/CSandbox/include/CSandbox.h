#pragma once
// A process with a socket and a shared piece of memory, and its confinement: what Swift's Glibc module does not carry.
#include <stddef.h>
#include <sys/types.h>

// Where the other process finds its socket and the shared memory.
enum { csandbox_socket = 3, csandbox_memory = 4 };

// Memory that two processes can share; -1 on failure.
int csandbox_make_memory(size_t bytes);

void *csandbox_map(int fd, size_t bytes);

// Starts a program that gets one end of a socket and the memory and nothing else that is open; the other end, -1 on
// failure. It has a process group of its own: what interrupts us does not interrupt it.
int csandbox_spawn(const char *program, int memory, pid_t *pid);

// Sends all bytes; 0, or -1 where the other end is gone.
int csandbox_send(int fd, const void *bytes, size_t count);

// Receives all bytes within a time (negative: however long it takes); 0, -1 where the other end is gone, -2 after the time.
int csandbox_receive(int fd, void *bytes, size_t count, int milliseconds);

// Ends a process and waits for it; its status as waitpid gives it, -1 where there is none.
int csandbox_end(pid_t pid);

int csandbox_signal(int status);

int csandbox_exit(int status);

// The file whose code holds an address; NULL where there is none.
const char *csandbox_image(const void *address);

// Limits of this process: bytes of address space, open files, no file written, no memory image after a fault.
int csandbox_limit(unsigned long long bytes, unsigned long long files);

// Confines this process for good: it may compute, use memory and threads, read files and answer on its socket. Files are
// not written, made, renamed or removed; no program, process or connection is started. A refused call returns EPERM.
// 0, or -1 where the kernel cannot.
int csandbox_confine(void);

