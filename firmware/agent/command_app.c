/* list, start, stop, stats. */
#include "command.h"
#include "tars_install.h" /* whether the app is stored */

/* One behaviour. */
int tars_command_list(tars_session *session, const void *body, void *response) {
  (void)session;
  tars_behaviour_info *info = &tars_facts.behaviour;
  int err = tars_behaviour_at(((const tars_link_list_request *)body)->index, info);
  if (err) return err;
  *(tars_link_list_response *)response = (tars_link_list_response){
    .behaviour = info->name,
    .status = info->status,
    .priority = info->priority,
    .digest = { info->digest, sizeof info->digest },
    .size = info->size,
    .stored = tars_install_is_stored(),
    .trial = info->trial,
    .fault = info->fault,
    .faults = info->faults,
  };
  return 0;
}

/* Starts a stopped or parked behaviour. */
int tars_command_start(tars_session *session, const void *body, void *response) {
  (void)session;
  (void)response;
  return tars_behaviour_start(((const tars_link_start_request *)body)->behaviour);
}

/* Stops a behaviour. */
int tars_command_stop(tars_session *session, const void *body, void *response) {
  (void)session;
  (void)response;
  return tars_behaviour_stop(((const tars_link_stop_request *)body)->behaviour);
}

/* Counters of one behaviour. */
int tars_command_stats(tars_session *session, const void *body, void *response) {
  (void)session;
  tars_behaviour_stats stats;
  int err = tars_behaviour_stats_get(((const tars_link_stats_request *)body)->behaviour, &stats);
  if (err) return err;
  *(tars_link_stats_response *)response = (tars_link_stats_response){
    .reactions = stats.reactions,
    .events = stats.events,
    .dropped = stats.dropped,
    .overruns = stats.overruns,
    .limited = stats.limited,
    .restarts = stats.restarts,
    .queue = stats.queue,
    .longest = stats.longest_us,
    .arena = stats.arena,
  };
  return 0;
}
