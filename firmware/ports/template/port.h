/* Inside the port: what its files share. Nothing above the port includes this. */
#ifndef TARS_PORT_H
#define TARS_PORT_H

#include "tars_errors.h" /* codes of the contract */

/* What a piece answers that isn't written yet: "not possible in this state". */
#define NOT_WRITTEN (-TARS_E_STATE)

/* What a piece does that isn't written yet and can't answer: stops, in words. */
#define STOP(function) tars_os_panic(40, function " is not written yet")

/* ---- main.c wants these, in the order of their files ---- */

void tars_clock_init(void);     /* time.c */
void tars_wait_init(void);      /* tasks.c */
void tars_tasks_start(void);    /* tasks.c: worker, supervisor, network */
void tars_reaction_start(void); /* reaction.c */
void tars_link_start(void);     /* link.c */
void tars_link_wake(void);      /* link.c */
void tars_entropy_init(void);   /* entropy.c */
void tars_watchdog_start(void); /* board.c */

enum { TARS_ALIVE_SUPERVISOR = 1, TARS_ALIVE_LINK = 2, TARS_ALIVE_AGENT = 4 };
void tars_watchdog_alive(int who);

#endif
