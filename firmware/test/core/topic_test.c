/* Topics, messages, parameters and the buses. */
#include "rig.h"

#include <string.h>

static make a, b;

/* A behaviour that receives `n` on a topic, logs it, and keeps the last in a variable that is its parameter. */
static void receiver(make *m, const char *name, const char *topic, uint8_t depth) {
  make_begin(m, name);
  make_call(m, TARS_CALL_MSG_GET_I32);
  make_call(m, TARS_CALL_MSG_PUT_I32);
  make_call(m, TARS_CALL_LOG_EMIT);
  make_subscribe(m, topic, "n:i32", depth);
  make_log(m, "got {}");
  make_source(m, TARS_SOURCE_MESSAGE, 0, 0);
  MAKE_BODY(m, LOCAL_GET(0), EQZ, BR_IF(0), I32(0), CALL(0), CALL(1), I32(0), CALL(2));
}

/* Numbers that the receivers logged, in order. */
static int logged(int64_t *numbers) {
  tars_log_line line;
  int count = 0;
  while (rig_log_at(count, &line) == 0) numbers[count++] = line.fields[0].i;
  return count;
}

static void messages_reach_every_subscriber(void) {
  static make third;
  tars_topic_info info;
  fake_boot();
  rig_counter(&a, "counter", "n", 1000);
  receiver(&b, "one", "n", 0);
  receiver(&third, "two", "n", 4);
  tars_module_source app[] = { make_end(&b), make_end(&a), make_end(&third) };
  CHECK_EQUAL(rig_install(app, 3), 0);
  fake_advance(10000);
  CHECK_EQUAL(rig_stats("one").reactions, 11);
  CHECK_EQUAL(rig_stats("two").reactions, 11);
  CHECK_EQUAL(fake.messages, 10);
  CHECK_EQUAL(fake.message_us[9], 10000);
  CHECK_EQUAL(fake.message_field[9], 10);
  CHECK_EQUAL(tars_topic_at(0, &info), 0);
  CHECK(info.topic.size == 1 && info.topic.text[0] == 'n' && info.schema.size == 5);
  CHECK_EQUAL(info.publishers, 1);
  CHECK_EQUAL(info.subscribers, 2);
  CHECK_EQUAL(info.messages, 10);
  CHECK_EQUAL(tars_topic_at(1, &info), -TARS_E_UNKNOWN);
}

/* Depth 0 keeps the latest, depth n at most n. */
static void depth_says_what_waits(void) {
  for (uint8_t depth = 0; depth <= 3; depth += 3) {
    int64_t numbers[64];
    fake_boot();
    receiver(&a, "slow", "n", depth);
    CHECK_EQUAL(rig_install_one(&a), 0);
    int before = logged(numbers);
    for (int64_t i = 1; i <= 5; i++) { /* the worker doesn't run in between */
      tars_value value = { .type = TARS_VALUE_INT, .i = i };
      CHECK_EQUAL(tars_topic_publish(fake_text("n"), &value, 1), 0);
    }
    fake_settle();
    int count = logged(numbers) - before;
    CHECK_EQUAL(count, depth == 0 ? 1 : 3);
    CHECK_EQUAL(numbers[before], depth == 0 ? 5 : 1);
    CHECK_EQUAL(rig_stats("slow").dropped, depth == 0 ? 0 : 2);
  }
}

/* A rate of 100 Hz lets one message in 10 ms pass. */
static void rates_are_limited(void) {
  fake_boot();
  rig_counter(&a, "counter", "n", 1000);
  a.uses.size = a.use_count = 0;
  make_publish(&a, "n", 100, "n:i32");
  make_param_i32(&a, "n", 0, 0, 1000000);
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake_advance(100000);
  CHECK_EQUAL(fake.messages, 10);
  CHECK_EQUAL(fake.message_us[0], 1000);
  CHECK_EQUAL(fake.message_us[1], 11000);
  CHECK_EQUAL(rig_stats("counter").limited, 90);
}

/* Messages from outside are checked against the schema. */
static void outside_messages_are_checked(void) {
  fake_boot();
  make_begin(&a, "wide");
  make_call(&a, TARS_CALL_MSG_GET_F32);
  make_subscribe(&a, "w", "a:u8 mm,b:f32 degC,c:u32,d:bool", 0);
  make_source(&a, TARS_SOURCE_MESSAGE, 0, 0);
  MAKE_BODY(&a, LOCAL_GET(0), EQZ, BR_IF(0), I32(1), CALL(0), DROP);
  CHECK_EQUAL(rig_install_one(&a), 0);
  tars_value fields[] = { { .i = 255 }, { .type = TARS_VALUE_FLOAT, .f = 1.5f }, { .i = 4294967295 }, { .i = 1 } };
  tars_text topic = fake_text("w");
  CHECK_EQUAL(tars_topic_publish(topic, fields, 4), 0);
  fake_settle();
  CHECK_EQUAL(fake_traced("R 0 wide 1 0\nC a 1 = 3fc00000\n"), 1);
  CHECK_EQUAL(tars_topic_publish(topic, fields, 3), -TARS_E_INVALID);
  fields[0].i = 256;
  CHECK_EQUAL(tars_topic_publish(topic, fields, 4), -TARS_E_RANGE);
  fields[0] = (tars_value){ .type = TARS_VALUE_FLOAT, .f = 1 };
  CHECK_EQUAL(tars_topic_publish(topic, fields, 4), -TARS_E_INVALID);
  CHECK_EQUAL(tars_topic_publish(fake_text("v"), fields, 4), -TARS_E_UNKNOWN);
  CHECK_EQUAL(fake.messages, 1);
}

/* A behaviour that logs its parameter when it changes and at every tick. */
static void param_module(make *m) {
  make_begin(m, "tuned");
  make_call(m, TARS_CALL_MSG_PUT_I32);
  make_call(m, TARS_CALL_LOG_EMIT);
  make_call(m, TARS_CALL_PARAM_GET_I32);
  make_global(m, 5, 0x99, false);
  make_param_i32(m, "p", 0, -10, 10);
  make_log(m, "{}");
  make_source(m, TARS_SOURCE_PARAM, 0, 0);
  MAKE_BODY(m, GLOBAL_GET(0), CALL(0), I32(0), CALL(2), CALL(0), I32(0), CALL(1));
}

static void params_are_set_between_reactions(void) {
  tars_param_info info;
  tars_log_line line;
  fake_boot();
  param_module(&a);
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(rig_param("tuned", "p"), 5);
  CHECK_EQUAL(rig_param_set("tuned", "p", -7), 0);
  CHECK_EQUAL(rig_param_set("tuned", "p", 11), -TARS_E_RANGE);
  CHECK_EQUAL(rig_param_set("tuned", "q", 1), -TARS_E_UNKNOWN);
  CHECK_EQUAL(tars_param_set(fake_text("tuned"), fake_text("p"), (tars_value){ .type = TARS_VALUE_FLOAT, .f = 1 }),
              -TARS_E_INVALID);
  CHECK_EQUAL(rig_param("tuned", "p"), -7);
  CHECK_EQUAL(rig_param("tuned", "q"), INT64_MIN);
  int last = 0;
  while (rig_log_at(last + 1, &line) == 0) last++;
  CHECK_EQUAL(rig_log_at(last, &line), 0);
  CHECK(line.fields[0].i == -7 && line.fields[1].i == -7);
  CHECK_EQUAL(tars_param_at(0, &info), 0);
  CHECK(info.value.i == -7 && info.min.i == -10 && info.max.i == 10 && info.type == TARS_PARAM_I32 &&
        info.name.text[0] == 'p');
  CHECK_EQUAL(tars_param_at(1, &info), -TARS_E_UNKNOWN);
}

/* The log ring keeps the last lines. */
static void the_log_keeps_the_last_lines(void) {
  tars_log_line line;
  fake_boot();
  param_module(&a);
  CHECK_EQUAL(rig_install_one(&a), 0);
  for (int i = 0; i < 200; i++) CHECK_EQUAL(rig_param_set("tuned", "p", i % 10), 0);
  CHECK_EQUAL(rig_log_at(63, &line), 0);
  CHECK_EQUAL(line.fields[0].i, 9);
  CHECK_EQUAL(rig_log_at(0, &line), 0);
  CHECK_EQUAL(line.fields[0].i, 199 % 10 + 1 - 64 % 10 + (199 % 10 + 1 - 64 % 10 < 0 ? 10 : 0));
  CHECK_EQUAL(rig_log_at(64, &line), -TARS_E_UNKNOWN);
}

/* Results and errors of a bus, and a transfer that would take too long. */
static void buses_answer(void) {
  for (uint32_t khz = 25; khz <= 100; khz += 75) {
    fake_boot();
    make_begin(&a, "bus");
    make_call(&a, TARS_CALL_I2C_READ_I16BE);
    make_i2c(&a, "I2C1", 0x48, khz);
    make_every(&a, 1000, 0);
    MAKE_BODY(&a, I32(0), I32(7), CALL(0), DROP);
    fake.registers[7] = 0xff;
    fake.registers[8] = 0x80;
    CHECK_EQUAL(rig_install_one(&a), 0);
    CHECK_EQUAL(fake_traced("C 2 0 7 = -128\n"), khz == 100); /* at 25 kHz 5 bytes take 1.92 ms */
    CHECK_EQUAL(fake_traced("C 2 0 7 = !4\nF 0 bus 4\n"), khz == 25);
    fake.i2c_error = -TARS_E_TIMEOUT;
    fake_advance(1000);
    CHECK_EQUAL(fake_traced("C 2 0 7 = -65542\n"), khz == 100);
  }
}

/* Pulses and duties saturate. */
static void outputs_saturate(void) {
  fake_boot();
  make_begin(&a, "limits");
  make_call(&a, TARS_CALL_PWM_SET_US);
  make_call(&a, TARS_CALL_PWM_SET_DUTY);
  make_pulse(&a, "SERVO1", -1);
  make_duty(&a, "MOTOR_L", -1);
  make_every(&a, 1000, 0);
  MAKE_BODY(&a, LOCAL_GET(0), IF, I32(0), I32(-1), CALL(0), I32(1), 0x43, 0, 0, 0x80, 0xbf, CALL(1), RETURN, END,
            I32(0), 0x41, 0xff, 0xff, 0x03, CALL(0), I32(1), 0x43, 0, 0, 0x80, 0x7f, CALL(1));
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(fake_pin_of("SERVO1")->pulse_us, 2500);
  CHECK(fake_pin_of("MOTOR_L")->duty_pct == 100); /* infinity is no NaN */
  CHECK_EQUAL(fake_pin_of("SERVO1")->frequency, 50);
  fake_advance(1000);
  CHECK_EQUAL(fake_pin_of("SERVO1")->pulse_us, 500);
  CHECK(fake_pin_of("MOTOR_L")->duty_pct == 0);
}

int main(void) {
  messages_reach_every_subscriber();
  depth_says_what_waits();
  rates_are_limited();
  outside_messages_are_checked();
  params_are_set_between_reactions();
  the_log_keeps_the_last_lines();
  buses_answer();
  outputs_saturate();
  return check_report("topic");
}
