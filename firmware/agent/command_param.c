/* param.list, param.get, param.set. */
#include "command.h"

/* One parameter. */
int tars_command_param_list(tars_session *session, const void *body, void *response) {
  (void)session;
  tars_param_info *info = &tars_facts.param;
  int err = tars_param_at(((const tars_link_param_list_request *)body)->index, info);
  if (err) return err;
  *(tars_link_param_list_response *)response = (tars_link_param_list_response){
    .behaviour = info->behaviour,
    .name = info->name,
    .type = info->type,
    .value = info->value,
    .min = info->min,
    .max = info->max,
    .unit = info->unit,
  };
  return 0;
}

/* Reads one. */
int tars_command_param_get(tars_session *session, const void *body, void *response) {
  (void)session;
  const tars_link_param_get_request *in = body;
  return tars_param_get(in->behaviour, in->name, &((tars_link_param_get_response *)response)->value);
}

/* Writes one. */
int tars_command_param_set(tars_session *session, const void *body, void *response) {
  (void)session;
  (void)response;
  const tars_link_param_set_request *in = body;
  return tars_param_set(in->behaviour, in->name, in->value);
}
