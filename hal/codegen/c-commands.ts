/**
 * Requests of the link on the board: who may send each (part of `tars_link.h/.c`), and the table of handlers with their
 * prototypes (`tars_commands.h/.c`).
 */
import { claims, link, type LinkEvent, type LinkRequest } from '../contract/index.js';
import { bodyStruct, responseStruct } from './c-names.js';
import { banner, header, snake, upper } from './text.js';

const isRequest = (row: LinkRequest | LinkEvent): row is LinkRequest => row.kind === 'request';

/** Requests of the link in the order of the contract. */
export const requests: readonly LinkRequest[] = (link as readonly (LinkRequest | LinkEvent)[]).filter(isRequest);

/** Stops the generator where columns of a row contradict each other. */
export function verifyRequest(row: LinkRequest): void {
  const wrong = (why: string): never => {
    throw new Error(`${row.name}: ${why}`);
  };
  const simple = row.rule === 'open' || row.rule === 'signed';
  if (!row.deferred && !simple)
    wrong('only the supervisor knows the claims of a session: the request must be deferred');
  if (!row.deferred && row.port) wrong('only the supervisor asks for the port: the request must be deferred');
  if (row.session && (row.broker || row.deferred)) wrong('a signed command and a deferred request have no session');
  if (row.broker && row.response.length > 0) wrong('the answer to a signed command has no fields');
  if (row.rule === 'signed' && !row.broker) wrong('must be signed, but no signed command may carry it');
}

// ---- who may ask -------------------------------------------------------------------------------------------------

/** The part of `tars_link.h` that says who may send a request. */
export function rulesHeader(): string {
  const rows = claims.map(({ name, doc }, i) => `  TARS_CLAIM_${upper(name)} = ${2 << i}, /* ${doc} */\n`);
  return `/* What lets a session ask for something without a signature on a board with an owner, as bits. */
enum {
  TARS_CLAIM_NONE = 1, /* anybody may */
${rows.join('')}};

/* Who may send a request. */
typedef struct {
  uint8_t id;
  uint8_t claims; /* on a board with an owner one of these must be true, or the request is signed; 0: signed */
  bool physical : 1;            /* over a physical port only */
  bool physical_while_open : 1; /* over a physical port only while the board has no owner */
  bool broker : 1;              /* a signed command may carry it, through the broker too */
} tars_link_rule;

/* The rule of a request; NULL if there is no such request. */
const tars_link_rule *tars_link_rule_of(uint8_t id);

`;
}

function claimMask(rule: LinkRequest['rule']): string {
  switch (rule) {
    case 'open':
      return 'TARS_CLAIM_NONE';
    case 'signed':
      return '0';
    default:
      return rule.map((claim) => `TARS_CLAIM_${upper(claim)}`).join(' | ');
  }
}

/** The part of `tars_link.c` that says who may send a request. */
export function rulesSource(): string {
  requests.forEach(verifyRequest);
  const rows = requests.map(
    (row) =>
      `  {TARS_LINK_${upper(row.name)}, ${claimMask(row.rule)}, ${row.port === 'physical'}, ` +
      `${row.port === 'physical while open'}, ${row.broker}},\n`,
  );
  return `
static const tars_link_rule rules[] = {
${rows.join('')}};

/* The rule of a request. */
const tars_link_rule *tars_link_rule_of(uint8_t id) {
  for (uint16_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    if (rules[i].id == id) return &rules[i];
  }
  return NULL;
}
`;
}

// ---- who answers -------------------------------------------------------------------------------------------------

/** Name of the function that runs a request. */
const handler = (row: LinkRequest): string => `tars_command_${snake(row.name)}`;
/** Name of the function that fills the response of a deferred request. */
const answerer = (row: LinkRequest): string => `tars_answer_${snake(row.name)}`;
/** The verb of a deferred request. */
const verb = (row: LinkRequest): string => `TARS_INSTALL_${upper(row.name.replace(/^install\./, ''))}`;

/** Parameters of the handler of a request that is answered at once. */
function parameters(row: LinkRequest): string {
  const list = [
    ...(row.session ? ['tars_session *session'] : []),
    ...(row.fields.length > 0 ? [`const ${bodyStruct('link', row)} *in`] : []),
    ...(row.response.length > 0 ? [`${responseStruct('link', row)} *out`] : []),
    ...(row.facts ? ['tars_command_facts *facts'] : []),
  ];
  return list.join(', ') || 'void';
}

/** The functions that a row needs. One of a deferred request without fields has no handler: its verb says all. */
function prototypes(row: LinkRequest): string {
  if (!row.deferred) return `/* ${row.doc} */\nint ${handler(row)}(${parameters(row)});\n`;
  const ask = `int ${handler(row)}(const ${bodyStruct('link', row)} *in, tars_install_draft *draft);\n`;
  const answer = `void ${answerer(row)}(const tars_install_answer *answer, ${responseStruct('link', row)} *out);\n`;
  const own = `${row.fields.length > 0 ? ask : ''}${row.response.length > 0 ? answer : ''}`;
  return own && `/* ${row.doc} */\n${own}`;
}

/** The header of the table. */
export function commandsHeader(): string {
  return header(
    'TARS_COMMANDS_H',
    'Requests of the link: the table of handlers, and the handlers that the agent implements.',
    `#include "tars_agent.h"   /* sessions */
#include "tars_install.h" /* requests that the supervisor answers */
#include "tars_link.h"    /* structs of the messages */

/* Memory for what a response points to until it is encoded. */
typedef union tars_command_facts tars_command_facts;

/* How one request is run. Either \`run\` answers at once, or \`ask\` writes a request for the supervisor. \`in\` and \`out\` are
 * the structs of the message. */
typedef struct {
  /* 0, or a negative error */
  int (*run)(tars_session *session, const void *in, void *out, tars_command_facts *facts);
  int (*ask)(const void *in, tars_install_draft *draft);
  void (*answer)(const tars_install_answer *answer, void *out);       /* fills the response; NULL: it has no fields */
  uint8_t id;
} tars_command_row;

/* Row of a request; NULL if there is no such request. */
const tars_command_row *tars_command_find(uint8_t id);

/* ---- what the agent provides ---- */

/* Handlers return 0 or a negative error; the response is all 0 before and counts only if 0 is returned. Those of deferred
 * requests fill in what the verb needs; what they point to lies in the message or in the draft. */
${requests.map(prototypes).join('')}`,
  );
}

function runThunk(row: LinkRequest): string {
  const passed = [
    ...(row.session ? ['session'] : []),
    ...(row.fields.length > 0 ? ['in'] : []),
    ...(row.response.length > 0 ? ['out'] : []),
    ...(row.facts ? ['facts'] : []),
  ];
  const unused = ['session', 'in', 'out', 'facts']
    .filter((name) => !passed.includes(name))
    .map((name) => `(void)${name};`);
  return `/* ${row.name} */
static int run_${snake(row.name)}(tars_session *session, const void *in, void *out, tars_command_facts *facts) {
${unused.length > 0 ? `  ${unused.join(' ')}\n` : ''}  return ${handler(row)}(${passed.join(', ')});
}

`;
}

function askThunk(row: LinkRequest): string {
  const filled = row.fields.length > 0;
  const answer =
    `static void answer_${snake(row.name)}(const tars_install_answer *answer, void *out) { ` +
    `${answerer(row)}(answer, out); }\n`;
  return `/* ${row.name} */
static int ask_${snake(row.name)}(const void *in, tars_install_draft *draft) {
${filled ? '' : '  (void)in;\n'}  draft->request.verb = ${verb(row)};
  return ${filled ? `${handler(row)}(in, draft)` : '0'};
}
${row.response.length > 0 ? answer : ''}
`;
}

function tableRow(row: LinkRequest): string {
  const name = snake(row.name);
  const answer = row.response.length > 0 ? `answer_${name}` : 'NULL';
  const functions = row.deferred ? `NULL, ask_${name}, ${answer}` : `run_${name}, NULL, NULL`;
  return `  {${functions}, TARS_LINK_${upper(row.name)}},\n`;
}

/** The text of `tars_commands.c`. */
export function commandsSource(): string {
  return `${banner()}#include "tars_commands.h"

#include <stddef.h> /* NULL */

${requests.map((row) => (row.deferred ? askThunk(row) : runThunk(row))).join('')}static const tars_command_row commands[] = {
${requests.map(tableRow).join('')}};

/* Row of a request. */
const tars_command_row *tars_command_find(uint8_t id) {
  for (uint16_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    if (commands[i].id == id) return &commands[i];
  }
  return NULL;
}
`;
}
