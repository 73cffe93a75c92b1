/* coreMQTT's settings. Forced in by the build (-include): coreMQTT carries a file of this name beside its headers,
 * which the compiler finds first; it only sets what isn't set yet, so what stands here wins. */
#ifndef TARS_CORE_MQTT_CONFIG_H
#define TARS_CORE_MQTT_CONFIG_H

/* Only the serializer is used: what waits for an acknowledgement is kept by who publishes (tars_mqtt.h). */
#define MQTT_STATE_ARRAY_MAX_COUNT 1

/* Its log lines go nowhere. */
#define LogError(message)
#define LogWarn(message)
#define LogInfo(message)
#define LogDebug(message)

#endif
