/* The requests param.list, param.get and param.set. */
#include "command.h"

int tars_command_param_list(const tars_link_param_list_request *in, tars_link_param_list_response *out,
                            tars_command_facts *facts) {
  tars_param_info *info = &facts->param;
  int err = tars_param_at(in->index, info);
  if (err) return err;
  *out = (tars_link_param_list_response){
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

int tars_command_param_get(const tars_link_param_get_request *in, tars_link_param_get_response *out) {
  return tars_param_get(in->behaviour, in->name, &out->value);
}

int tars_command_param_set(const tars_link_param_set_request *in) {
  return tars_param_set(in->behaviour, in->name, in->value);
}
