/* The requests list, start, stop and stats. */
#include "command.h"
#include "tars_install.h" /* whether the app is stored */

int tars_command_list(const tars_link_list_request *in, tars_link_list_response *out, tars_command_facts *facts) {
  tars_behaviour_info *info = &facts->behaviour;
  int err = tars_behaviour_at(in->index, info);
  if (err) return err;
  *out = (tars_link_list_response){
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

int tars_command_start(const tars_link_start_request *in) { return tars_behaviour_start(in->behaviour); }

int tars_command_stop(const tars_link_stop_request *in) { return tars_behaviour_stop(in->behaviour); }

int tars_command_stats(const tars_link_stats_request *in, tars_link_stats_response *out) {
  tars_behaviour_stats stats;
  int err = tars_behaviour_stats_get(in->behaviour, &stats);
  if (err) return err;
  *out = (tars_link_stats_response){
    .reactions = stats.reactions,
    .events = stats.events,
    .dropped = stats.dropped,
    .overruns = stats.overruns,
    .limited = stats.limited,
    .restarts = stats.restarts,
    .queue = stats.queue,
    .longest = stats.longest_us,
    .arena = stats.arena,
    .saves = stats.saves,
    .deferred = stats.deferred,
    .load = stats.load,
    .used = stats.used,
    .throttled = stats.throttled,
    .late = stats.late,
  };
  return 0;
}
