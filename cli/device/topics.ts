/** Topics of a board's app, with the fields of their messages. */
import type { WireValue } from '../../sdk/wire/index.js';
import { UserError } from '../errors.js';
import { readRows, type Row } from './rows.js';
import type { LinkClient } from '../transport/link.js';
import { jsonValue, parseSchema, parseValue, showValue, type SchemaField } from '../terminal/values.js';
import { hint } from '../terminal/calling.js';
import { didYouMean } from '../terminal/near.js';

export interface Topic extends Row<'topic.list'> {
  readonly fields: readonly SchemaField[];
}

/** All topics of the app. */
export async function readTopics(link: LinkClient): Promise<Topic[]> {
  return (await readRows(link, 'topic.list')).map((row) => ({ ...row, fields: parseSchema(row.schema) }));
}

/** The topic called `name`; a UserError with the topics that there are. */
export function pickTopic(topics: readonly Topic[], name: string): Topic {
  const found = topics.find(({ topic }) => topic === name);
  if (found) return found;
  const names = topics.map(({ topic }) => topic);
  throw new UserError('unknown', `there is no topic ${name}${didYouMean(name, names)}`, {
    cure: `topics: ${names.join(', ') || 'the app has none'}`,
  });
}

/** Fields of a message from `name=value` in any order, or plain values in the order of the schema. */
export function parseFields({ topic, fields }: Topic, texts: readonly string[]): WireValue[] {
  const form = fields.map(({ name, type }) => `${name}=${type.toUpperCase()}`);
  const wrong = (message: string): UserError =>
    new UserError('bad_message', message, { cure: `write ${hint`tars pub ${topic} ${form}`}` });
  if (texts.length !== fields.length)
    throw wrong(`a message on ${topic} has ${fields.length} fields, not ${texts.length}`);
  const named = texts.map((text) => /^([A-Za-z_]\w*)=(.*)$/s.exec(text));
  return fields.map((field, index) => {
    const match = named.find((candidate) => candidate?.[1] === field.name);
    const plain = named[index] ? undefined : texts[index];
    const text = match?.[2] ?? plain;
    if (text === undefined) throw wrong(`the field ${field.name} is missing`);
    return parseValue(text, field);
  });
}

/** Fields of a message for people: `x=21.5degC p=0.1`. */
export function showFields(fields: readonly SchemaField[], values: readonly WireValue[]): string {
  return values
    .map((value, index) => {
      const field = fields[index];
      return field ? `${field.name}=${showValue(value, field)}` : showValue(value);
    })
    .join(' ');
}

/** Fields of a message as an object. */
export function jsonFields(fields: readonly SchemaField[], values: readonly WireValue[]): Record<string, unknown> {
  return Object.fromEntries(
    values.map((value, index) => [fields[index]?.name ?? String(index), jsonValue(value, fields[index]?.type)]),
  );
}
