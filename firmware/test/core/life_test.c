/* The tables of life.c against the ones that the comment of life.h shows: every step that is shown is taken, and every
 * other one is a panic with its number. */
#include "life.h"

#include <setjmp.h>
#include <string.h>

#include "check.h"
#include "tars_os.h"

static const char *const lives[LIFE_COUNT] = {
  [LIFE_FREE] = "FREE",           [LIFE_LOADING] = "LOADING",       [LIFE_STAGED] = "STAGED",
  [LIFE_LISTENING] = "LISTENING", [LIFE_SWAPPING] = "SWAPPING",     [LIFE_OPEN] = "OPEN",
  [LIFE_FINISHING] = "FINISHING", [LIFE_RESTARTING] = "RESTARTING", [LIFE_PARKED] = "PARKED",
  [LIFE_STOPPED] = "STOPPED",     [LIFE_STARTING] = "STARTING",     [LIFE_BEGINNING] = "BEGINNING",
};
static const char *const sides[SIDE_COUNT] = {
  [SIDE_NONE] = "NONE", [SIDE_NEW] = "NEW", [SIDE_OLD] = "OLD", [SIDE_BACK] = "BACK"
};
static bool life_shown[LIFE_COUNT][LIFE_COUNT], side_shown[SIDE_COUNT][SIDE_COUNT];

static int panicked;
static jmp_buf escape;

/* Takes the place of the port: a panic ends the step that is tried. */
void tars_os_panic(int number, const char *reason) {
  (void)reason;
  panicked = number;
  longjmp(escape, 1);
}

/* Index of a name, -1 if it is none of them. */
static int index_of(const char *const *names, int count, const char *name) {
  for (int i = 0; i < count; i++)
    if (strcmp(names[i], name) == 0) return i;
  return -1;
}

/* Reads one line of the comment. The row that stands for all lives but one has its two parts on two lines. */
static void row_read(const char *line) {
  char from[16] = "", to[16] = "";
  if (strncmp(line, " *               FREE ", 22) == 0) {
    for (int life = 0; life < LIFE_COUNT; life++)
      life_shown[life][LIFE_FREE] = life != LIFE_FREE && life != LIFE_LISTENING;
    return;
  }
  if (sscanf(line, " * %15s %15s", from, to) != 2) return;
  int life = index_of(lives, LIFE_COUNT, from), next = index_of(lives, LIFE_COUNT, to);
  if (life >= 0 && next >= 0) life_shown[life][next] = true;
  life = index_of(sides, SIDE_COUNT, from);
  next = index_of(sides, SIDE_COUNT, to);
  if (life >= 0 && next >= 0) side_shown[life][next] = true;
}

/* Reads the comment. */
static int header_read(const char *path) {
  char line[200];
  FILE *file = fopen(path, "r");
  if (file == NULL) return -1;
  while (fgets(line, sizeof line, file) != NULL) row_read(line);
  return fclose(file);
}

/* Tries a step of a life: true if it was taken, and not if it was a panic. */
static bool life_takes(int from, int to) {
  static uint8_t life; /* static: its value after longjmp is defined */
  life = (uint8_t)from;
  panicked = 0;
  if (setjmp(escape) == 0) tars_life_go(&life, (tars_life)to);
  CHECK_EQUAL(life, panicked ? from : to);
  CHECK(panicked == 0 || panicked == 5);
  return !panicked;
}

/* Tries a change of sides: true if it was taken. */
static bool side_takes(int from, int to) {
  static uint8_t side;
  side = (uint8_t)from;
  panicked = 0;
  if (setjmp(escape) == 0) tars_side_go(&side, (tars_side)to);
  CHECK_EQUAL(side, panicked ? from : to);
  CHECK(panicked == 0 || panicked == 6);
  return !panicked;
}

int main(int count, char **arguments) {
  int steps = 0;
  CHECK_EQUAL(count, 2);
  CHECK_EQUAL(header_read(arguments[1]), 0);
  for (int from = 0; from < LIFE_COUNT; from++)
    for (int to = 0; to < LIFE_COUNT; to++) {
      CHECK_EQUAL(life_takes(from, to), life_shown[from][to]);
      if (life_takes(from, to) != life_shown[from][to]) printf("  %s to %s\n", lives[from], lives[to]);
      steps += life_shown[from][to];
    }
  for (int from = 0; from < SIDE_COUNT; from++)
    for (int to = 0; to < SIDE_COUNT; to++) {
      CHECK_EQUAL(side_takes(from, to), side_shown[from][to]);
      steps += side_shown[from][to];
    }
  CHECK_EQUAL(steps, 37); /* an empty table would agree with an unread comment */
  return check_report("life");
}
