/**
 * `tars_link.h/.c`, `tars_bench.h/.c` and `tars_fleet.h/.c`: a struct for each body and the table that the codecs of
 * tars_row.h read.
 */
import type { Field, Message } from '../contract/index.js';
import { freshness, phases, signed, statuses, topicRoot, topics, uploads } from '../contract/index.js';
import { rulesHeader, rulesSource } from './c-commands.js';
import { fieldTable, required, struct } from './c-fields.js';
import { bodyStruct, responseStruct } from './c-names.js';
import { type ProtocolName, protocols } from './contract.js';
import { banner, header, snake, upper } from './text.js';

const essays: Readonly<Record<ProtocolName, string>> = {
  link: 'Messages of the link: ids, structs of their bodies, tables for the codecs in tars_row.h.',
  bench: 'Messages of the bench: ids, structs of their bodies, tables for the codecs in tars_row.h.',
  fleet: 'Documents and messages of a fleet: structs of their bodies, tables for the codecs in tars_row.h.',
};

function enumeration(doc: string, prefix: string, names: readonly string[]): string {
  return `/* ${doc} */\nenum {\n${names.map((name, i) => `  TARS_${prefix}_${upper(name)} = ${i},\n`).join('')}};\n\n`;
}

/** Paths as formats of printf: names in braces become texts. */
const format = (path: string): string => path.replaceAll(/\{\w+\}/g, '%s');

/** Topics, below the root of the fleet. */
function topicFormats(): string {
  const rows = [
    ['ROOT_PATH', topicRoot] as const,
    ...topics.map(({ name, path }) => [snakeCase(name).toUpperCase(), path] as const),
  ];
  return (
    '/* Topics as formats of printf, all below the first. ' +
    `*/\n${rows.map(([name, path]) => `#define TARS_TOPIC_${name} "${format(path)}"\n`).join('')}\n`
  );
}

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`);

const nameOf = (row: { readonly name: string }): string => row.name;

/** What a protocol defines beside its messages. */
const extras: Readonly<Record<ProtocolName, string>> = {
  link:
    enumeration('Status of a behaviour.', 'STATUS', statuses) +
    enumeration('What an upload is for.', 'UPLOAD', uploads) +
    rulesHeader(),
  bench: '',
  fleet:
    `/* Tag of a signed document; \`external_aad\` of its signatures is this and its name. */\n#define ` +
    `TARS_SIGNED_TAG ${signed.tag}u\n#define TARS_SIGNED_AAD "${signed.aad}"\n\n` +
    topicFormats() +
    enumeration('Steps of an update.', 'PHASE', phases.map(nameOf)) +
    enumeration('How new the app is.', 'FRESHNESS', freshness.map(nameOf)),
};

function structs(protocol: string, message: Message): string {
  const own = struct(bodyStruct(protocol, message), message.fields);
  const response = struct(responseStruct(protocol, message), message.response ?? []);
  return own || response ? `/* ${message.doc} */\n${own}${response}\n` : '';
}

function union(
  protocol: string,
  name: string,
  rows: readonly { readonly struct: string; readonly member: string }[],
): string {
  return (
    `typedef union {\n${rows.map((row) => `  ${row.struct} ${row.member};\n`).join('')}} ` +
    `tars_${protocol}_${name};\n`
  );
}

/** The header of one protocol. */
export function messagesHeader(name: ProtocolName): string {
  const messages = protocols[name];
  const ids = messages.map(
    (message) =>
      `  TARS_${upper(name)}_${upper(message.name)}${message.kind === 'event' ? '_EVENT' : ''} = ${message.id},\n`,
  );
  const bodies = messages.filter((message) => message.fields.length > 0);
  const responses = messages.filter((message) => message.response?.length);
  return header(
    `TARS_${upper(name)}_H`,
    essays[name],
    `#include "tars_row.h"

enum {
${ids.join('')}};

${extras[name]}${messages.map((message) => structs(name, message)).join('')}/* Room for any request or event, and for any response. */
${union(
  name,
  'body',
  bodies.map((message) => ({
    struct: bodyStruct(name, message),
    member: `${snake(message.name)}${message.kind === 'event' ? '_event' : ''}`,
  })),
)}${
      responses.length > 0
        ? union(
            name,
            'response',
            responses.map((message) => ({ struct: responseStruct(name, message), member: snake(message.name) })),
          )
        : ''
    }
extern const tars_message tars_${name}_messages[];
extern const uint16_t tars_${name}_message_count;

/* The message with this id; NULL if there is none. */
const tars_message *tars_${name}_message(uint8_t id);
${
  name === 'fleet'
    ? '/* Its name, as signatures cover it. */\nconst char *tars_fleet_name(const tars_message ' + '*message);\n'
    : ''
}`,
  );
}

/** Where a list of fields stands, and how many there are. None may be left out: the codecs write all. */
function fieldsOf(table: string, fields: readonly Field[]): { readonly table: string; readonly count: number } {
  if (required(fields) < fields.length) throw new Error(`${table}: fields of messages can't be left out`);
  return { table: fields.length > 0 ? table : 'NULL', count: fields.length };
}

function messageRow(message: Message): string {
  const own = fieldsOf(`${snake(message.name)}_${message.kind}`, message.fields);
  const response = fieldsOf(`${snake(message.name)}_response`, message.response ?? []);
  return (
    `  {${own.table}, ${response.table}, ${message.id}, ${own.count}, ${response.count}, ` +
    `${message.kind === 'event'}},\n`
  );
}

/** The names that signatures cover. */
function names(messages: readonly Message[]): string {
  const longest = Math.max(...messages.map((message) => message.name.length));
  return `
/* Name of a document of a fleet. */
const char *tars_fleet_name(const tars_message *message) {
  static const char names[][${longest + 1}] = {${messages.map((message) => `"${message.name}"`).join(', ')}};
  return names[message - tars_fleet_messages];
}
`;
}

/** What follows the tables of a protocol. */
const ends: Readonly<Record<ProtocolName, (messages: readonly Message[]) => string>> = {
  link: rulesSource,
  bench: () => '',
  fleet: names,
};

/** The tables of one protocol. */
export function messagesSource(name: ProtocolName): string {
  const messages = protocols[name];
  const tables = messages.map((message) => {
    const own = `${snake(message.name)}_${message.kind}`;
    return (
      fieldTable(own, bodyStruct(name, message), message.fields) +
      fieldTable(`${snake(message.name)}_response`, responseStruct(name, message), message.response ?? [])
    );
  });
  return `${banner()}#include "tars_${name}.h"

#include <stddef.h> /* offsetof */

${tables.join('')}
const tars_message tars_${name}_messages[] = {
${messages.map(messageRow).join('')}};
const uint16_t tars_${name}_message_count = ${messages.length};

/* The message with this id. */
const tars_message *tars_${name}_message(uint8_t id) {
  for (uint16_t i = 0; i < tars_${name}_message_count; i++) {
    if (tars_${name}_messages[i].id == id) return &tars_${name}_messages[i];
  }
  return NULL;
}
${ends[name](messages)}`;
}
