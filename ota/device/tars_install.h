/* Updates: from the first byte of an app to its commit.
 *
 *   received -> verified -> staged -> trial -> committed | reverted
 *
 * All of it runs in the supervisor, from tars_install_poll(); the link hands requests over and fetches answers. The old
 * app runs until the new one is staged whole, and stays frozen until the host confirms. `next` is written before the
 * app is staged, so after a reset the board knows that it is in a trial. If the board fails twice with evidence against
 * the app (tars_os_evidence_take), the trial is over and the app is bad; other reboots prove nothing. The committed app
 * is watched for a window after each boot: two failures without a whole one between them, and the board comes up
 * without it. */
#ifndef TARS_INSTALL_H
#define TARS_INSTALL_H

#include "tars_cbor.h"  /* tars_bytes */
#include "tars_link.h"  /* requests whose verbs these are */
#include "tars_store.h" /* tars_app_record */
#include "tars_trust.h" /* tars_network */

/* Bytes of RAM for what comes in and isn't for the store: a document that is uploaded, and a dev app. The largest
 * document that a board takes is no longer; a bundle that is has to leave its modules outside. */
#ifndef TARS_INSTALL_RAM
#define TARS_INSTALL_RAM (131072 + TARS_LIMIT_BUNDLE)
#endif
_Static_assert(TARS_INSTALL_RAM >= TARS_LIMIT_ROOT, "every root document has room");

struct tars_install_draft;
struct tars_install_answer;

/* A step of the update of a bundle. */
typedef struct {
  uint8_t phase; /* TARS_PHASE_… */
  uint8_t attempt;
  const uint8_t *bundle; /* digest of its manifest; NULL or all 0 where a refused one doesn't even say what it is */
  uint32_t number;       /* 0 likewise */
  int code;              /* 0 or a negative error */
  tars_text behaviour;   /* that was the reason; may be empty */
  const char *detail;    /* what to say beside the code, in printable ASCII; NULL: nothing */
} tars_update_step;

typedef struct {
  void (*answered)(void);         /* an answer waits; NULL: nobody asks */
  void (*note)(const char *line); /* what a person should know; may be NULL */
  /* Each step, in order, from the supervisor without the lock; may be NULL. */
  void (*phase)(const tars_update_step *step);
  /* True while the way back to the operator is open: an unattended trial is committed only then; may be NULL. */
  bool (*way_back)(void);
  /* Checks and runs a signed command: 0 or a negative error. What only updates can do is left in `draft`, with another
   * verb than TARS_INSTALL_COMMAND; `answer` gets the command's number, and whether its signatures are right. */
  int (*command)(tars_bytes document, struct tars_install_draft *draft, struct tars_install_answer *answer);
} tars_install_hooks;

/* One for each deferred request of the link, whose rule is that of the verb (tars_link_rule_of). */
typedef enum {
  TARS_INSTALL_BEGIN = TARS_LINK_INSTALL_BEGIN,
  TARS_INSTALL_DATA = TARS_LINK_INSTALL_DATA,
  TARS_INSTALL_COMMIT = TARS_LINK_INSTALL_COMMIT,
  TARS_INSTALL_CONFIRM = TARS_LINK_INSTALL_CONFIRM,
  TARS_INSTALL_ABORT = TARS_LINK_INSTALL_ABORT,
  TARS_INSTALL_UPLOAD_BEGIN = TARS_LINK_UPLOAD_BEGIN,
  TARS_INSTALL_UPLOAD_DATA = TARS_LINK_UPLOAD_DATA,
  TARS_INSTALL_UPLOAD_END = TARS_LINK_UPLOAD_END,
  TARS_INSTALL_NETWORK_SET = TARS_LINK_NETWORK_SET,
  TARS_INSTALL_COMMAND = TARS_LINK_COMMAND,
  TARS_INSTALL_ERASE = TARS_LINK_ERASE,
  TARS_INSTALL_REPAIR = TARS_LINK_REPAIR,
  /* From the broker's agent alone, which has them whole: a bundle or root document; a beacon. */
  TARS_INSTALL_DOCUMENT = 256,
  TARS_INSTALL_BEACON,
  TARS_INSTALL_KEEP, /* from the link: stores the retained parameters that it has set */
} tars_install_verb;

/* The owner that the broker's agent is; sessions of the link have lower numbers. */
#define TARS_INSTALL_BROKER UINT32_MAX

/* A request; what it points to is copied, unless it is lent. On a board with an owner only bundles are installed:
 * `begin` must follow a bundle whose payload is detached, and what isn't `signed` is taken only from who uploaded that
 * bundle. */
typedef struct {
  tars_install_verb verb;
  uint32_t owner;  /* who asks, not 0 */
  bool is_signed;  /* came in a signed command (tars_trust_command) */
  bool physical;   /* came over a physical port */
  bool lent;       /* what it points to stays as it is until the answer was taken */
  uint16_t ticket; /* comes back with the answer */
  union {
    struct {
      tars_text class;
      bool store; /* false: dev app, nothing is written */
      const tars_app_record *app;
    } begin;
    struct {
      uint8_t module;
      uint32_t offset;
      tars_bytes bytes; /* at most limits.chunk, unless they are lent */
    } data;             /* of UPLOAD_DATA, COMMAND and BEACON: module is 0 */
    struct {
      uint8_t use; /* TARS_UPLOAD_… */
      uint32_t size;
      bool unattended; /* from the broker: the trial commits itself after the health window, if all is well */
    } upload;
    struct {
      uint8_t use; /* TARS_UPLOAD_BUNDLE or _ROOT */
      bool unattended;
      tars_bytes bytes;
    } document;
    const tars_network *network;
    uint32_t number; /* of REPAIR: bundles below it are refused */
  };
} tars_install_request;

/* A request, and memory for what it may point to while it is written. */
typedef struct tars_install_draft {
  tars_install_request request;
  union {
    tars_app_record app;
    tars_network network;
  } memory;
} tars_install_draft;

typedef struct tars_install_answer {
  uint32_t owner;
  uint16_t ticket;
  int code;         /* 0 or a negative error */
  uint32_t missing; /* begin: bit i is set if module i must be sent */
  bool same;        /* begin, upload end, document: nothing is left to do: it is committed, or in trial */
  bool detached;    /* upload end or document, of a bundle: the payload is not inside */
  /* Upload end of a bundle that was verified, for the broker's agent: the bundle, and the app image to ask for. */
  uint32_t number;
  uint8_t bundle[TARS_BUNDLE_DIGEST], payload[TARS_BUNDLE_DIGEST];
  bool taken;       /* document: its announcement was right; what is wrong with a bundle then is reported as a step */
  bool believed;    /* command: its signatures are right */
  uint32_t command; /* that command's number */
  uint32_t gap_us;  /* commit: longest time between two reactions around the swap */
  bool restart;     /* erase, repair: the board must restart once this answer has left */
} tars_install_answer;

/* Before tars_init(). */
void tars_install_init(const tars_install_hooks *hooks);

/* From the link: hands a request over; -busy while another one is worked on or its answer waits. */
int tars_install_ask(const tars_install_request *request);
/* From the link: the answer, if there is one and it isn't the broker's. */
bool tars_install_answer_take(tars_install_answer *answer);
/* From the broker's agent: its answer, if there is one. It must be taken before anybody can ask again. */
bool tars_install_broker_take(tars_install_answer *answer);
/* From the link: a session ended. What it installed goes on, but others may take over. */
void tars_install_leave(uint32_t owner);
/* Any task. Booted: what the store holds runs, or can't. */
bool tars_install_is_booted(void);
bool tars_install_is_stored(void);
uint32_t tars_install_boots(void);
/* Why the committed app wasn't started at the boot: a code of the contract, 0 if it was or there is none. */
uint8_t tars_install_app_error(void);

/* Hooks of the core. The first call of poll mounts the store and starts the app. */
int64_t tars_install_poll(int64_t now_us);
void tars_install_trial_failed(tars_text behaviour, uint8_t code, const char *reason);
int tars_install_retain_save(tars_text behaviour, const uint8_t *record, uint32_t size);
int tars_install_retain_load(tars_text behaviour, uint8_t *record, uint32_t capacity);

#endif
