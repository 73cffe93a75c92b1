/* topic.list, publish, subscribe. */
#include "command.h"
#include "tars_errors.h" /* TARS_E_FULL */

#include <string.h>

/* One topic. */
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

/* Publishes from the host. */
int tars_command_publish(const tars_link_publish_request *in) {
  return tars_topic_publish(in->topic, in->fields.items, in->fields.count);
}

/* Index of a topic that the session subscribes to, or their count. */
static int topic_index(const tars_session *session, tars_text topic) {
  for (int i = 0; i < session->topic_count; i++)
    if (session->topic_sizes[i] == topic.size && memcmp(session->topics[i], topic.text, topic.size) == 0) return i;
  return session->topic_count;
}

/* Adds a topic; -full if there is no place. */
static int topic_add(tars_session *session, tars_text topic) {
  int i = topic_index(session, topic);
  if (i == TARS_SESSION_TOPICS) return -TARS_E_FULL;
  if (i == session->topic_count) session->topic_count++;
  memcpy(session->topics[i], topic.text, topic.size);
  session->topic_sizes[i] = (uint8_t)topic.size;
  return 0;
}

/* Removes a topic, if it is there. */
static void topic_remove(tars_session *session, tars_text topic) {
  int i = topic_index(session, topic);
  if (i == session->topic_count) return;
  int last = --session->topic_count;
  memcpy(session->topics[i], session->topics[last], sizeof session->topics[i]);
  session->topic_sizes[i] = session->topic_sizes[last];
}

/* Streams a topic, or all of them, or stops doing so. */
int tars_command_subscribe(tars_session *session, const tars_link_subscribe_request *in) {
  int err = 0;
  tars_agent.lock();
  if (in->topic.size == 0) {
    session->all_topics = in->on;
    session->topic_count = in->on ? session->topic_count : 0;
  } else if (in->on) {
    err = topic_add(session, in->topic);
  } else {
    topic_remove(session, in->topic);
  }
  tars_agent.unlock();
  return err;
}
