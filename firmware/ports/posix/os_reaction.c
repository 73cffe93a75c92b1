/* The clock of a reaction: the worker's processor time, watched by an alarm in host time.
 *
 * The alarm is a POSIX timer that signals the worker's thread alone. Its handler reads the processor time that the
 * reaction running *now* has used: if some is left it arms the alarm again for that (a loaded host steals time), so an
 * alarm that was meant for an older reaction can do no harm. It leaves by siglongjmp only if the worker holds nothing:
 * `holding` counts host calls, the core's lock and the locks of this port.
 *
 * A budget that has passed is only believed when LOOKS looks in a row, LOOK_NS of processor time apart (LOOK_MIN_NS
 * after a late one), found the reaction still running; the last is due at the end of the budget, so a spin costs no
 * more for them. A virtual machine charges jumps of up to 2.5 ms to whoever runs (seen about once in three seconds of
 * processor time on a loaded host, and then several in a row), and a reaction of microseconds must not be abandoned for
 * them: between two looks it runs, and is over. A spin is still there at the last.
 *
 * On the virtual clock a reaction costs nothing, so only one that never ends must be abandoned, and the same events
 * must lead to the same trace however busy the host is: there the alarm waits VIRTUAL_PATIENCE budgets of processor
 * time.
 *
 * The handler uses clock_gettime, timer_settime and siglongjmp only. The code that it interrupts is the engine's
 * interpreter, which holds no lock and owns no memory but its arena, and the instance is discarded. */
#include "port.h"
#include "tars.h"    /* tars_worker_run */
#include "tars_os.h" /* the interface implemented here */

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { LOOKS = 4, LOOK_NS = 80000, LOOK_MIN_NS = 40000, VIRTUAL_PATIENCE = 50 };

static _Thread_local volatile sig_atomic_t holding;
static _Thread_local volatile sig_atomic_t is_worker;

static struct {
  volatile sig_atomic_t armed;   /* a reaction runs */
  volatile sig_atomic_t looks;   /* number of looks at the clock so far */
  volatile sig_atomic_t expired; /* its budget passed while the worker held something */
  volatile int64_t begun_ns, look_ns,
      end_ns; /* processor time of the worker's thread: start, next look, end of the budget */
  volatile uint32_t number, budget_us;
  timer_t timer;
  sigjmp_buf top;
} reaction;

/* Processor time of the calling thread. */
static int64_t processor_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Signals the worker once `ns` of host time have passed; at once if they have. */
static void alarm_arm(int64_t ns) {
  if (ns <= 0) ns = 1; /* 0 would disarm it */
  struct itimerspec at = { .it_value = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 } };
  timer_settime(reaction.timer, 0, &at, NULL);
}

/* Leaves the reaction for good. */
static _Noreturn void abandon(void) {
  reaction.armed = 0;
  siglongjmp(reaction.top, 1);
}

/* Handles the alarm of the reaction's clock. */
static void alarm_handle(int number) {
  (void)number;
  if (!reaction.armed) return;
  int64_t now_ns = processor_ns();
  if (now_ns < reaction.look_ns) {
    alarm_arm(reaction.look_ns - now_ns);
  } else if (++reaction.looks < LOOKS) {
    reaction.look_ns += LOOK_NS;
    if (reaction.look_ns < now_ns + LOOK_MIN_NS) reaction.look_ns = now_ns + LOOK_MIN_NS;
    alarm_arm(reaction.look_ns - now_ns);
  } else if (holding) {
    reaction.expired = 1;
  } else {
    abandon();
  }
}

int tars_reaction_signal(void) { return SIGRTMIN; }
bool tars_reaction_is_worker(void) { return is_worker; }

/* From here on the alarm must not abandon the worker. */
void tars_hold(void) { holding++; }

/* Leaves a hold; the outermost one acts on an alarm that came meanwhile. */
void tars_release(void) {
  holding--;
  if (is_worker && holding == 0 && reaction.armed && reaction.expired) abandon();
}

void tars_os_call_enter(void) { tars_hold(); }
void tars_os_call_leave(void) { tars_release(); }

/* Starts the clock. `armed` is written last: an alarm still on its way sees either no reaction or this one, whole. */
void tars_os_reaction_begin(uint32_t number, uint32_t budget_us) {
  tars_hold();
  reaction.number = number;
  reaction.budget_us = budget_us;
  reaction.looks = reaction.expired = 0;
  reaction.begun_ns = processor_ns();
  reaction.end_ns = reaction.begun_ns + (int64_t)budget_us * 1000 * (tars_clock_is_virtual() ? VIRTUAL_PATIENCE : 1);
  reaction.look_ns = reaction.end_ns - (LOOKS - 1) * LOOK_NS;
  reaction.armed = 1;
  alarm_arm(reaction.look_ns - reaction.begun_ns);
  tars_release();
}

/* Stops the clock. The timer is left running: its alarm finds nothing armed, and a system call per reaction is
 * saved. */
uint32_t tars_os_reaction_end(void) {
  reaction.armed = 0;
  return (uint32_t)((processor_ns() - reaction.begun_ns) / 1000);
}

/* Asks once: the answer of the C library costs an allocation. */
uint8_t *tars_os_worker_stack(void) {
  static _Thread_local void *lowest;
  if (!lowest) {
    pthread_attr_t attributes;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0 || pthread_attr_getstack(&attributes, &lowest, &size) != 0)
      tars_fail("the system does not tell where the worker's stack ends");
    pthread_attr_destroy(&attributes);
  }
  return lowest;
}

/* Makes the timer that signals this thread, and lets the signal in. */
static void alarm_init(void) {
  struct sigaction action = { .sa_handler = alarm_handle, .sa_flags = SA_RESTART };
  sigemptyset(&action.sa_mask);
  sigaction(tars_reaction_signal(), &action, NULL);
  struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = tars_reaction_signal() };
  event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
  if (timer_create(CLOCK_MONOTONIC, &event, &reaction.timer) != 0)
    tars_fail("the system has no timer left for the worker");
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, tars_reaction_signal());
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* The worker's thread; an abandoned reaction comes back here, with the signal mask of the first time. */
void *tars_reaction_worker(void *unused) {
  (void)unused;
  is_worker = 1;
  alarm_init();
  if (sigsetjmp(reaction.top, 1) != 0) tars_clock_spend(reaction.budget_us);
  holding = 0;
  tars_worker_run();
  return NULL;
}
