/* Counts instructions from inside QEMU, as a plugin of its translator: every instruction that the emulated processor
 * executes adds one, and an instruction at a marked address writes down how many came before it. The image is the one
 * that ships, and what it computes doesn't change. QEMU's header for plugins is in no package, so what is used of it is
 * declared here (version 1 of the interface).
 *
 * -plugin counter.so,marks=FILE,out=FILE: FILE `marks` has one address a line, hexadecimal; `out` gets one line for
 * each time that one of them was reached: its line in `marks`, from 0, and the count. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { INLINE_ADD_U64 = 0, CB_NO_REGISTERS = 0, MARKS = 2048 };

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*run)(uint64_t id, struct qemu_plugin_tb *block));
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *instruction, int operation, void *number,
                                                uint64_t operand);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *instruction, void (*run)(unsigned cpu, void *own),
                                            int flags, void *own);
void qemu_plugin_register_atexit_cb(uint64_t id, void (*run)(uint64_t id, void *own), void *own);

/* What QEMU looks for. */
__attribute__((visibility("default"))) extern int qemu_plugin_version;
__attribute__((visibility("default"))) int qemu_plugin_install(uint64_t id, const void *machine, int count,
                                                               char **arguments);
int qemu_plugin_version = 1;

static uint64_t executed;
static uint64_t marks[MARKS];
static size_t mark_count;
static FILE *out;

/* A marked instruction is about to be executed. */
static void reached(unsigned cpu, void *mark) {
  (void)cpu;
  fprintf(out, "%zu %llu\n", (size_t)((uint64_t *)mark - marks), (unsigned long long)executed);
}

/* Each instruction counts; the marked ones tell. */
static void translated(uint64_t id, struct qemu_plugin_tb *block) {
  (void)id;
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
    struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
    for (size_t m = 0; m < mark_count; m++)
      if (marks[m] == qemu_plugin_insn_vaddr(instruction))
        qemu_plugin_register_vcpu_insn_exec_cb(instruction, reached, CB_NO_REGISTERS, &marks[m]);
    qemu_plugin_register_vcpu_insn_exec_inline(instruction, INLINE_ADD_U64, &executed, 1);
  }
}

/* The emulator ends. */
static void finish(uint64_t id, void *own) {
  (void)id, (void)own;
  fclose(out);
}

/* Reads the addresses; false if there is no such file or it has too many. */
static int marks_read(const char *path) {
  FILE *in = fopen(path, "r");
  unsigned long long address;
  if (in == NULL) return 0;
  while (mark_count < MARKS && fscanf(in, "%llx", &address) == 1) marks[mark_count++] = address;
  fclose(in);
  return mark_count > 0 && mark_count < MARKS;
}

/* Called when the emulator loads the plugin; not 0 stops it. */
int qemu_plugin_install(uint64_t id, const void *machine, int count, char **arguments) {
  (void)machine;
  int ready = 0;
  for (int i = 0; i < count; i++) {
    if (strncmp(arguments[i], "marks=", 6) == 0) ready = marks_read(arguments[i] + 6);
    if (strncmp(arguments[i], "out=", 4) == 0) out = fopen(arguments[i] + 4, "w");
  }
  if (!ready || out == NULL) return 1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_atexit_cb(id, finish, NULL);
  return 0;
}
