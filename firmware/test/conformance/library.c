/* What images for the Cortex-M7 contain of libraries: the toolchain's helpers for numbers, and the functions of C that
 * the toolchain or the port brings. Each row calls one of them with random arguments and says a digest of its answers,
 * `library <name> <digest>`. hil-tests/emulator/conformance.test.ts compares these lines with what the host's own
 * libraries answer, and fails for a function in an image that has no row. */
#include "conformance.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 400, BYTES = 96, COUNT = 24 };

static uint32_t seed, digest;
static char left[BYTES + 1], right[BYTES + 1];

uint32_t conformance_random(void) {
  seed = seed * 1664525u + 1013904223u;
  return seed ^ seed >> 16;
}

void conformance_random_from(uint32_t start) { seed = start; }

/* Adds an answer to the digest, FNV-1a. */
static void add(uint64_t answer) {
  for (int i = 0; i < 8; i++) digest = (digest ^ (uint8_t)(answer >> 8 * i)) * 16777619u;
}

/* Adds bytes. */
static void add_bytes(const void *bytes, size_t size) {
  for (size_t i = 0; i < size; i++) add(((const uint8_t *)bytes)[i]);
}

/* A comparison may answer any number of the right sign. */
static void add_sign(int answer) { add((uint64_t)((answer > 0) - (answer < 0) + 1)); }

/* Random numbers are drawn in statements of their own: C leaves open which operand comes first. */
static uint32_t below(uint32_t limit) { return conformance_random() % limit; }
static uint64_t number(void) {
  uint64_t value = (uint64_t)conformance_random() << 32;
  value |= conformance_random();
  return value >> below(64);
}
static uint64_t either(void) {
  uint64_t value = number();
  return below(2) ? value : ~value;
}

/* Fills a text with few different letters, so that two begin alike; its length. */
static size_t text(char to[BYTES + 1]) {
  size_t size = below(BYTES);
  for (size_t i = 0; i < size; i++) to[i] = (char)(below(8) ? 'a' + below(2) : 0x80 + below(0x7f));
  to[size] = 0;
  return size;
}

/* ---- numbers: operands are volatile, so that nothing is computed by the compiler ---- */

static void add_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  add(bits);
}

static void add_double(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  add(bits);
}

static volatile uint64_t a, b;
static volatile float narrow;
static volatile double wide;

static void l2f(void) { a = either(), add_float((float)(int64_t)a); }
static void ul2f(void) { a = either(), add_float((float)a); }
static void l2d(void) { a = either(), add_double((double)(int64_t)a); }
static void ul2d(void) { a = either(), add_double((double)a); }

/* Powers of two far beyond 1 and below it, with any mantissa and either sign, that fit the integer. */
static double fitting(bool with_sign) {
  double value = 1.0 + (double)conformance_random() * 0x1p-32;
  if (below(2)) value *= 0x1p-32;
  for (uint32_t doublings = below(63); doublings > 0; doublings--) value *= 2.0;
  return with_sign && below(2) ? -value : value;
}
static void f2lz(void) { narrow = (float)(fitting(true) / 2), add((uint64_t)(int64_t)narrow); }
static void f2ulz(void) { narrow = (float)fitting(false), add((uint64_t)narrow); }
static void d2lz(void) { wide = fitting(true), add((uint64_t)(int64_t)wide); }
static void d2ulz(void) { wide = fitting(false) * 1.5, add((uint64_t)wide); }

static void divisor_draw(void) {
  a = number(), b = number();
  if (b == 0) b = 1;
}
static void uldivmod(void) { divisor_draw(), add(a / b), add(a % b); }
static void ldivmod(void) {
  divisor_draw();
  volatile int64_t x = (int64_t)(below(2) ? a : -a);
  volatile int64_t y = (int64_t)(below(2) ? b : -b);
  if (y == -1) y = 3; /* the least number by -1 is undefined in C */
  add((uint64_t)(x / y)), add((uint64_t)(x % y));
}
static void popcount(void) {
  volatile uint32_t word = conformance_random();
  add((uint64_t)__builtin_popcount(word));
}

/* ---- memory, texts, rows: called by volatile pointers, so that the compiler puts nothing in their place ---- */

static void *(*volatile f_memcpy)(void *, const void *, size_t) = memcpy;
static void *(*volatile f_memmove)(void *, const void *, size_t) = memmove;
static void *(*volatile f_memset)(void *, int, size_t) = memset;
static int (*volatile f_memcmp)(const void *, const void *, size_t) = memcmp;
static void *(*volatile f_memchr)(const void *, int, size_t) = memchr;
static size_t (*volatile f_strlen)(const char *) = strlen;
static int (*volatile f_strcmp)(const char *, const char *) = strcmp;
static int (*volatile f_strncmp)(const char *, const char *, size_t) = strncmp;
static char *(*volatile f_strchr)(const char *, int) = strchr;
static char *(*volatile f_strcpy)(char *, const char *) = strcpy;
static size_t (*volatile f_strspn)(const char *, const char *) = strspn;
static size_t (*volatile f_strcspn)(const char *, const char *) = strcspn;
static void (*volatile f_qsort)(void *, size_t, size_t, int (*)(const void *, const void *)) = qsort;
static void *(*volatile f_bsearch)(const void *, const void *, size_t, size_t,
                                   int (*)(const void *, const void *)) = bsearch;
static int (*volatile f_snprintf)(char *, size_t, const char *, ...) = snprintf;
static int (*volatile f_vsnprintf)(char *, size_t, const char *, va_list) = vsnprintf;

/* Where a pointer into `left` points, 0 if nowhere. */
static void add_place(const void *at) { add(at ? (uint64_t)((const char *)at - left) + 1 : 0); }

/* Two places of any alignment, and a size that keeps both within the buffers. */
static void places(size_t *to, size_t *from, size_t *size) {
  *to = below(BYTES / 2), *from = below(BYTES / 2), *size = below(BYTES / 2);
}

static void row_memcpy(void) {
  size_t to, from, size;
  text(left), text(right), places(&to, &from, &size);
  add(f_memcpy(left + to, right + from, size) == left + to), add_bytes(left, BYTES);
}
static void row_memmove(void) {
  size_t to, from, size;
  text(left), places(&to, &from, &size);
  add(f_memmove(left + to, left + from, size) == left + to), add_bytes(left, BYTES);
}
static void row_memset(void) {
  size_t to, value, size;
  text(left), places(&to, &value, &size);
  add(f_memset(left + to, (int)(value + 0xf0), size) == left + to), add_bytes(left, BYTES);
}
static void row_memcmp(void) {
  text(left), memcpy(right, left, sizeof right);
  uint32_t at = below(BYTES);
  right[at] = (char)conformance_random();
  add_sign(f_memcmp(left + 1, right + 1, below(BYTES)));
}
static void row_memchr(void) {
  text(left);
  uint32_t size = below(BYTES);
  add_place(f_memchr(left, below(2) ? 'b' : 0x100 + 'z', size));
}
static void row_strlen(void) { text(left), add(f_strlen(left)); }
static void alike(void) {
  uint32_t size = (uint32_t)text(left);
  memcpy(right, left, sizeof right);
  if (size == 0 || below(4) == 0) return;
  uint32_t at = below(size);
  right[at] = (char)(below(3) ? 0x81 : below(2) * 'c');
}
static void row_strcmp(void) { alike(), add_sign(f_strcmp(left, right)); }
static void row_strncmp(void) { alike(), add_sign(f_strncmp(left, right, below(BYTES))); }
static void row_strchr(void) { text(left), add_place(f_strchr(left, below(3) ? 'b' : below(2) ? 0 : 'z')); }
static void row_strcpy(void) { text(left), text(right), add(f_strcpy(left, right) == left), add_bytes(left, BYTES); }
static void row_strspn(void) { text(left), add(f_strspn(left, below(2) ? "ab" : "a")); }
static void row_strcspn(void) { text(left), add(f_strcspn(left, below(2) ? "b\x90" : "")); }

typedef struct {
  uint32_t key, rest;
} pair;

static int pair_compare(const void *x, const void *y) {
  const pair *first = x, *second = y;
  return first->key < second->key ? -1 : first->key > second->key;
}

/* Keys that differ, because the order of equal ones is anybody's. */
static uint32_t pairs(pair rows[COUNT]) {
  uint32_t count = below(COUNT + 1), key = 0;
  for (uint32_t i = 0; i < count; i++) rows[i] = (pair){ .key = key += 1 + below(9), .rest = conformance_random() };
  return count;
}

static void row_qsort(void) {
  pair rows[COUNT] = { 0 };
  uint32_t count = pairs(rows);
  for (uint32_t i = count; i > 1; i--) {
    uint32_t other = below(i);
    pair kept = rows[i - 1];
    rows[i - 1] = rows[other], rows[other] = kept;
  }
  f_qsort(rows, count, sizeof *rows, pair_compare);
  for (uint32_t i = 0; i < count; i++) add(rows[i].key), add(rows[i].rest);
}

static void row_bsearch(void) {
  pair rows[COUNT] = { 0 }, wanted = { .key = below(130) };
  const pair *found = f_bsearch(&wanted, rows, pairs(rows), sizeof *rows, pair_compare);
  add(found ? found->rest : 0);
}

static int vformat(char *to, size_t room, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int size = f_vsnprintf(to, room, format, arguments);
  va_end(arguments);
  return size;
}

static void row_vsnprintf(void) {
  memset(left, 0, sizeof left), text(right);
  uint64_t first = either(), second = number(), third = number();
  uint32_t room = below(BYTES), precision = below(20);
  add((uint64_t)vformat(left, room, "%12lld|%llu|%llx|%.*s|%s", (long long)first, (unsigned long long)second,
                        (unsigned long long)third, (int)precision, right, "end"));
  add_bytes(left, BYTES);
}
static void row_snprintf(void) {
  uint32_t word = conformance_random();
  word >>= below(32);
  uint32_t room = below(BYTES), letter = below(26), small = below(2000);
  memset(left, 0, sizeof left);
  add((uint64_t)f_snprintf(left, room, "%d|%6u|%08x|%X|%c|%%|%5s|%03d|%zu", (int)word, (unsigned)word, (unsigned)word,
                           (unsigned)word, 'a' + (int)letter, "xyz", (int)small - 1000, (size_t)word));
  add_bytes(left, BYTES);
}

static const struct {
  const char *name;
  void (*once)(void);
} rows[] = {
  { "__aeabi_l2f", l2f },         { "__aeabi_ul2f", ul2f },      { "__aeabi_l2d", l2d },
  { "__aeabi_ul2d", ul2d },       { "__aeabi_f2lz", f2lz },      { "__aeabi_f2ulz", f2ulz },
  { "__aeabi_d2lz", d2lz },       { "__aeabi_d2ulz", d2ulz },    { "__aeabi_uldivmod", uldivmod },
  { "__aeabi_ldivmod", ldivmod }, { "__popcountsi2", popcount }, { "memcpy", row_memcpy },
  { "memmove", row_memmove },     { "memset", row_memset },      { "memcmp", row_memcmp },
  { "memchr", row_memchr },       { "strlen", row_strlen },      { "strcmp", row_strcmp },
  { "strncmp", row_strncmp },     { "strchr", row_strchr },      { "strcpy", row_strcpy },
  { "strspn", row_strspn },       { "strcspn", row_strcspn },    { "qsort", row_qsort },
  { "bsearch", row_bsearch },     { "snprintf", row_snprintf },  { "vsnprintf", row_vsnprintf },
};

void conformance_library(void) {
  for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char line[10] = " 00000000";
    conformance_random_from(i + 1);
    digest = 2166136261u;
    for (int round = 0; round < ROUNDS; round++) rows[i].once();
    for (int digit = 0; digit < 8; digit++) line[8 - digit] = "0123456789abcdef"[digest >> 4 * digit & 15];
    conformance_say("library ");
    conformance_say(rows[i].name);
    conformance_say(line);
    conformance_say("\n");
  }
}
