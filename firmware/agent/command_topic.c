/* The requests topic.list, publish and subscribe. */
#include "command.h"

int tars_command_topic_list(const tars_link_topic_list_request *in, tars_link_topic_list_response *out,
                            tars_command_facts *facts) {
  tars_topic_info *info = &facts->topic;
  int err = tars_topic_at(in->index, info);
  if (err) return err;
  *out = (tars_link_topic_list_response){
    .topic = info->topic,
    .schema = info->schema,
    .publishers = info->publishers,
    .subscribers = info->subscribers,
    .messages = info->messages,
  };
  return 0;
}

int tars_command_publish(const tars_link_publish_request *in) {
  return tars_topic_publish(in->topic, in->fields.items, in->fields.count);
}

/* Begins or ends the events of one topic, or of all topics if none is named. */
int tars_command_subscribe(tars_session *session, const tars_link_subscribe_request *in) {
  return tars_session_subscribe(session, in->topic, in->on);
}
