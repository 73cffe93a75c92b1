/* What all files of the install share: its state, reports to the layers above, and the pace of a transfer. */
#include "install_state.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_fleet.h"  /* phases */
#include "tars_os.h"     /* lock */

#include <stdarg.h>
#include <stdio.h> /* vsnprintf */
#include <string.h>

enum {
  SILENCE_US = 30000000, /* a host that sends nothing for so long has given up */
  FREE_US = 30000000,    /* time that a transfer may be behind limits.rate */
  BYTE_US = 1000000 / TARS_LIMIT_RATE,
};

install_state tars_install;

void tars_install_note(const char *format, ...) {
  char line[TARS_LIMIT_LOG_TEXT + 1];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (tars_install.hooks.note) tars_install.hooks.note(line);
}

void tars_install_refusal_note(int err) {
  const char *detail = tars_install.detail;
  tars_install_note("the app is refused: %s%s%s", tars_error_name(err), detail[0] ? ", " : "", detail);
}

tars_detail tars_install_detail(void) { return (tars_detail){ tars_install.detail, sizeof tars_install.detail }; }

bool tars_install_is_foreign(uint32_t owner) {
  tars_os_lock();
  bool foreign = tars_install.owner != 0 && tars_install.owner != owner;
  tars_os_unlock();
  return foreign;
}

void tars_pace_begin(install_pace *pace) {
  *pace = (install_pace){ .begun_us = tars_install.now_us, .deadline_us = tars_install.now_us + SILENCE_US };
}

/* The transfer as a whole must be as fast as limits.rate, after FREE_US. */
int tars_pace_add(install_pace *pace, uint32_t bytes) {
  pace->bytes += bytes;
  pace->deadline_us = tars_install.now_us + SILENCE_US;
  return tars_install.now_us > pace->begun_us + FREE_US + (int64_t)pace->bytes * BYTE_US ? -TARS_E_SLOW : 0;
}

/* An error of the flash is a failure of the device, not a rejection of the app. */
uint8_t tars_install_phase_of(int err, uint8_t fine) {
  bool failed = err == -TARS_E_IO || err == -TARS_E_NOSPACE || err == -TARS_E_CORRUPT || err == -TARS_E_STATE;
  return err == 0 ? fine : failed ? TARS_PHASE_FAILED : TARS_PHASE_REJECTED;
}

/* Only apps out of bundles have steps that are reported. */
void tars_install_phase_blame(uint8_t phase, const tars_app_record *app, int code, tars_text behaviour) {
  static const uint8_t none[TARS_BUNDLE_DIGEST];
  bool nameless =
      /* refused before its digest and number were read */
      phase == TARS_PHASE_REJECTED && tars_install.upload.step == UPLOAD_OPEN;
  bool named = nameless || app->order.number || memcmp(app->order.digest, none, sizeof none) != 0;
  if (tars_install.hooks.phase && named)
    tars_install.hooks.phase(&(tars_update_step){ .phase = phase,
                                                  .attempt = (uint8_t)(1 + app->reboots),
                                                  .bundle = app->order.digest,
                                                  .number = app->order.number,
                                                  .code = code,
                                                  .behaviour = behaviour,
                                                  .detail = code ? tars_install.detail : NULL });
}

void tars_install_phase(uint8_t phase, const tars_app_record *app, int code) {
  tars_install_phase_blame(phase, app, code, (tars_text){ "", 0 });
}

/* On a board without a broker's agent the way back counts as open. */
bool tars_install_way_back(void) { return !tars_install.hooks.way_back || tars_install.hooks.way_back(); }

int tars_install_absent(void) { return tars_install.ended ? tars_install.ended : -TARS_E_STATE; }

void tars_upload_drop(void) { tars_install.upload.step = UPLOAD_NONE; }
