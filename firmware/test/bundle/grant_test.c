/* Grants: their form, and request ⊆ grant at every edge of every rule. */
#include "cases.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

/* Whether a grant in hexadecimal has the right form. */
static bool valid(const char *hex) {
  uint32_t size;
  uint8_t *bytes = case_bytes(hex, &size);
  bool result = tars_grant_valid((tars_bytes){ bytes, size });
  free(bytes);
  return result;
}

static char detail[81]; /* of the last comparison */

/* Whether a grant in hexadecimal covers a request; what it doesn't is said. */
static bool covers(const char *hex, const tars_manifest *request) {
  uint32_t size;
  uint8_t *bytes = case_bytes(hex, &size);
  CHECK_SAY(tars_grant_valid((tars_bytes){ bytes, size }), "%s", hex);
  detail[0] = '\0';
  int err = tars_grant_check((tars_bytes){ bytes, size }, request, (tars_detail){ detail, sizeof detail });
  CHECK_SAY(!err || err == -TARS_E_GRANT, "%s: %d", hex, err);
  CHECK_SAY(!err == !detail[0], "%s: %s", hex, detail);
  free(bytes);
  return !err;
}

/* Grants of a wrong form are refused. */
static void check_form(void) {
  CHECK_SAY(valid("8701020304050680"), "budgets and no rows");
  CHECK_SAY(!valid("870102030405068000"), "trailing byte");
  CHECK_SAY(!valid("87010203040506"), "rows missing");
  CHECK_SAY(!valid("8401020304"), "four items");
  CHECK_SAY(!valid("870102030405064100"), "rows of another type");
  CHECK_SAY(!valid("8718010203040506"
                   "80"),
            "budget not in shortest form");
  CHECK_SAY(!valid("871b0000000100000000020304050680"), "budget beyond 32 bits");
  CHECK_SAY(valid("870102030405068182016141"), "an output");
  CHECK_SAY(!valid("8701020304050681821861614180"), "unknown kind");
  CHECK_SAY(!valid("87010203040506818209614180"), "a timer needs none");
  CHECK_SAY(valid("870102030405068184046141"
                  "1907d0"
                  "f95000"),
            "duty of at most 32 percent");
  CHECK_SAY(!valid("870102030405068184046141"
                   "1907d0"
                   "f97e00"),
            "duty of at most NaN");
  CHECK_SAY(valid("87010203040506"
                  "81"
                  "840c6171"
                  "00"
                  "f93c00"),
            "parameter from 0 to 1.0");
  CHECK_SAY(!valid("87010203040506"
                   "81"
                   "840c6171"
                   "00"
                   "f97e00"),
            "parameter up to NaN");
  CHECK_SAY(!valid("87010203040506"
                   "81"
                   "840c6171"
                   "00"
                   "1bffffffffffffffff"),
            "parameter beyond 64 bits");
}

/* Bounds of stack, memory, instructions and host calls cover a request up to the bound and no further. */
static void check_budgets(void) {
  uint32_t bounds[] = { 100, 20, 30, 4, 10, 5 }; /* the worst reaction: 30 instructions, 5 calls */
  tars_manifest request = { .bounds = bounds, .bounds_count = 6 };
  CHECK_SAY(covers("87186414181e05000080", &request), "exactly");
  CHECK_SAY(!covers("87186314181e05000080", &request), "less stack");
  CHECK_SAY(!covers("87186413181e05000080", &request), "less memory");
  CHECK_SAY(!covers("87186414181d05000080", &request), "fewer instructions");
  CHECK_SAY(!covers("87186414181e04000080", &request), "fewer calls");
  CHECK_SAY(covers("871864140005000080", &request), "instructions without bound");
  bounds[4] = 0;
  CHECK_SAY(!covers("87186414181e05000080", &request), "one reaction without bound, bounded grant");
  CHECK_SAY(covers("871864140005000080", &request), "one reaction without bound, grant without bound");
}

/* Bounds of load and priority cover a request likewise. A load that is not said is what the board makes of it. */
static void check_shares(void) {
  static const uint32_t bounds[] = { 0, 0, 1, 0 };
  tars_manifest request = { .bounds = bounds, .bounds_count = 4, .load = 250, .priority = 7 };
  CHECK_SAY(covers("870000010018fa0780", &request), "exactly");
  CHECK_SAY(!covers("870000010018f90780", &request), "less load");
  CHECK_SAY(!covers("870000010018fa0680", &request), "a lower priority");
  CHECK_SAY(covers("8700000100001818"
                   "80",
                   &request),
            "load without bound");
  request.load = 0;
  CHECK_SAY(covers("870000010018320780", &request), "load is not said, the least of a board granted");
  CHECK_SAY(!covers("870000010018310780", &request), "load is not said, less than that granted");
  request.timers = 1;
  CHECK_SAY(covers("87000001001901f40780", &request), "load is not known, half of the board granted");
  CHECK_SAY(!covers("87000001001901f30780", &request), "load is not known, less than that granted");
  CHECK_SAY(valid("87000001001903e818ff80") && !valid("87000001001903e90080"), "a load above 1,000 permille");
  CHECK_SAY(!valid("870000010000190100"
                   "80"),
            "a priority above 255");
}

/* Whether a grant covers a request that has one handle and no budgets. */
static bool use_covered(const char *row, const tars_use *use) {
  static const uint32_t bounds[4];
  tars_manifest request = { .uses = use, .uses_count = 1, .bounds = bounds, .bounds_count = 4 };
  char hex[128] = "870000000000008";
  strcat(strcat(hex, "1"), row);
  return covers(hex, &request);
}

/* Names, addresses, clocks and rates of handles are covered at the edge of their rule and not beyond. */
static void check_rules(void) {
  tars_use sensor = { .kind = TARS_KIND_I2C, .i2c = { { "B", 1 }, 0x10, 400 } };
  CHECK_SAY(use_covered("8406614210190190", &sensor) && use_covered("8406614210190191", &sensor),
            "clock up to the granted one");
  CHECK_SAY(!use_covered("840661421019018f", &sensor) && !use_covered("8406614211190190", &sensor) &&
                !use_covered("8406614310190190", &sensor),
            "clock, address, bus");
  CHECK_SAY(!use_covered("82016142", &sensor), "row of another kind");
  tars_use topic = { .kind = TARS_KIND_PUBLISH, .publish = { .topic = { "a", 1 }, .rate = 10 } };
  CHECK_SAY(use_covered("830a61610a", &topic) && use_covered("820a6161", &topic) && !use_covered("830a616109", &topic),
            "rate, or none");
  topic.publish.rate = 0;
  CHECK_SAY(!use_covered("830a61610a", &topic) && use_covered("820a6161", &topic), "rate without bound");
  tars_use servo = { .kind = TARS_KIND_PWM_PULSE,
                     .pwm_pulse = { .name = { "S", 1 }, .frequency = 50, .min = 1000, .max = 2000 } };
  CHECK_SAY(use_covered("82036153", &servo) && use_covered("850361531832"
                                                           "1903e8"
                                                           "1907d0",
                                                           &servo),
            "pulse");
  CHECK_SAY(!use_covered("850361531832"
                         "1903e9"
                         "1907d0",
                         &servo) &&
                !use_covered("850361531832"
                             "1903e8"
                             "1907cf",
                             &servo) &&
                !use_covered("850361531831"
                             "1903e8"
                             "1907d0",
                             &servo),
            "pulse shorter, longer, more often");
  tars_use timer = { .kind = TARS_KIND_TIMER };
  CHECK_SAY(use_covered("82036153", &timer), "a timer needs none");
}

/* Bounds of parameters: integers and floats compare by their exact values. */
static void check_integers(void) {
  tars_use param = { .kind = TARS_KIND_PARAM,
                     .param = { .name = { "q", 1 },
                                .min = { .type = TARS_VALUE_INT, .i = 1 },
                                .max = { .type = TARS_VALUE_INT, .i = 2 } } };
  CHECK_SAY(use_covered("840c6171"
                        "01"
                        "02",
                        &param) &&
                !use_covered("840c6171"
                             "02"
                             "02",
                             &param) &&
                !use_covered("840c6171"
                             "01"
                             "01",
                             &param),
            "integers");
  CHECK_SAY(use_covered("840c6171"
                        "f93c00"
                        "f94000",
                        &param),
            "integers in floats: 1.0 to 2.0");
  CHECK_SAY(!use_covered("840c6171"
                         "f93e00"
                         "f94000",
                         &param),
            "1 is below 1.5");
  CHECK_SAY(!use_covered("840c6171"
                         "f93c00"
                         "f93f00",
                         &param),
            "2 is above 1.75");
  CHECK_SAY(use_covered("840c6171"
                        "f9fc00"
                        "f97c00",
                        &param),
            "within infinity");
  param.param.max.i = INT64_MAX;
  CHECK_SAY(use_covered("840c6171"
                        "01"
                        "fa5f000000",
                        &param) &&
                !use_covered("840c6171"
                             "01"
                             "fa5effffff",
                             &param),
            "2^63 and the float below it");
}

/* A range in floats within one in integers and in floats. */
static void check_floats(void) {
  tars_use param = { .kind = TARS_KIND_PARAM,
                     .param = { .name = { "q", 1 },
                                .min = { .type = TARS_VALUE_FLOAT, .f = -0.5f },
                                .max = { .type = TARS_VALUE_FLOAT, .f = 0.5f } } };
  CHECK_SAY(use_covered("840c6171"
                        "20"
                        "01",
                        &param) &&
                !use_covered("840c6171"
                             "00"
                             "01",
                             &param) &&
                !use_covered("840c6171"
                             "20"
                             "00",
                             &param),
            "floats in integers");
  CHECK_SAY(use_covered("840c6171"
                        "f9b800"
                        "f93800",
                        &param) &&
                !use_covered("840c6171"
                             "f9b400"
                             "f93800",
                             &param),
            "floats");
}

/* What is not granted is named, with who asks for it; bytes of a module that nobody can print are not passed on. */
static void check_words(void) {
  tars_use uses[] = { { .kind = TARS_KIND_PARAM, .param = { .name = { "q\n\x1b", 3 } } } };
  static const uint32_t bounds[] = { 0, 0, 1, 0 };
  tars_manifest request = {
    .name = { "greedy", 6 }, .bounds = bounds, .bounds_count = 4, .load = 5, .uses = uses, .uses_count = 1
  };
  CHECK_SAY(!covers("8701020304050680", &request), "no rows");
  CHECK_SAY(strcmp(detail, "q?? is not granted to greedy as it asks for it") == 0, "%s", detail);
  request.uses_count = 0;
  request.priority = 7;
  CHECK_SAY(!covers("8701020304050680", &request), "priority 6");
  CHECK_SAY(strcmp(detail, "such a priority is not granted to greedy") == 0, "%s", detail);
}

int main(void) {
  check_words();
  check_form();
  check_budgets();
  check_shares();
  check_rules();
  check_integers();
  check_floats();
  return check_report("grant");
}
