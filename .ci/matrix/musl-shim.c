/*
 * Functions of glibc that Debian's libstdc++ and libgcc_s look for and that musl does not have. Enough for a Node and a
 * Bun built for musl to start with them; for tests only.
 */
#define _GNU_SOURCE
#include <link.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

char __libc_single_threaded = 0;
unsigned __cpu_model[4];
unsigned __cpu_features2[8];

int __cpu_indicator_init(void) { return 0; }

uint32_t arc4random(void) {
  uint32_t value = 0;
  getrandom(&value, sizeof value, 0);
  return value;
}

size_t __strftime_l(char *out, size_t size, const char *format, const struct tm *time, void *locale) {
  (void)locale;
  return strftime(out, size, format, time);
}

/* The headers of a newer glibc give these names to strtol and strtoul. */
long plain_strtol(const char *, char **, int) __asm__("strtol");
unsigned long plain_strtoul(const char *, char **, int) __asm__("strtoul");
long __isoc23_strtol(const char *text, char **end, int base) { return plain_strtol(text, end, base); }
unsigned long __isoc23_strtoul(const char *text, char **end, int base) { return plain_strtoul(text, end, base); }

__float128 strtof128(const char *text, char **end) { return strtold(text, end); }
int strfromf128(char *out, size_t size, const char *format, __float128 value) {
  (void)format;
  return snprintf(out, size, "%Lg", (long double)value);
}

/* Destructors of thread-local objects, last made first. */
struct cleanup {
  void (*call)(void *);
  void *object;
  struct cleanup *next;
};
static pthread_key_t cleanup_key;
static pthread_once_t cleanup_once = PTHREAD_ONCE_INIT;
static __thread struct cleanup *cleanups;

static void run_cleanups(void *unused) {
  (void)unused;
  while (cleanups != NULL) {
    struct cleanup *first = cleanups;
    cleanups = first->next;
    first->call(first->object);
    free(first);
  }
}

static void make_key(void) { pthread_key_create(&cleanup_key, run_cleanups); }

int __cxa_thread_atexit_impl(void (*call)(void *), void *object, void *library) {
  struct cleanup *entry = malloc(sizeof *entry);
  (void)library;
  if (entry == NULL) return -1;
  *entry = (struct cleanup){call, object, cleanups};
  cleanups = entry;
  pthread_once(&cleanup_once, make_key);
  return pthread_setspecific(cleanup_key, entry);
}

/* Where the unwinder finds the table of frames of the library that holds an address. */
struct search {
  uintptr_t address;
  struct dl_find_object *found;
};

static int look_into(struct dl_phdr_info *info, size_t size, void *data) {
  struct search *search = data;
  uintptr_t low = UINTPTR_MAX, high = 0, frames = 0;
  int holds = 0;
  (void)size;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    uintptr_t begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
    uintptr_t end = begin + info->dlpi_phdr[i].p_memsz;
    if (info->dlpi_phdr[i].p_type == PT_GNU_EH_FRAME) frames = begin;
    if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
    if (begin < low) low = begin;
    if (end > high) high = end;
    if (search->address >= begin && search->address < end) holds = 1;
  }
  if (!holds || frames == 0) return 0;
  search->found->dlfo_map_start = (void *)low;
  search->found->dlfo_map_end = (void *)high;
  search->found->dlfo_eh_frame = (void *)frames;
  return 1;
}

int _dl_find_object(void *address, struct dl_find_object *found) {
  struct search search = {(uintptr_t)address, found};
  return dl_iterate_phdr(look_into, &search) == 1 ? 0 : -1;
}
