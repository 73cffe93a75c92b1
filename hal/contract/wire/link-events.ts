/** What a board tells a host without being asked. Ids from 64. */
import type { Field, LinkEvent } from '../types.js';

const behaviour = { name: 'behaviour', type: 'text', max: 32, doc: 'name of the behaviour' } as const satisfies Field;

/**
 * Status of a behaviour. The last one is no state but an occurrence, reported by the event `status` only: an event has
 * waited longer than the deadline.
 */
export const statuses = ['stopped', 'running', 'restarting', 'parked', 'swapping', 'throttled', 'late'] as const;

export const linkEvents = [
  {
    id: 64,
    name: 'log',
    kind: 'event',
    doc: 'A log line.',
    fields: [
      { name: 'time', type: 'i64', unit: 'us', doc: 'logical time' },
      behaviour,
      { name: 'text', type: 'text', max: 120, doc: 'template' },
      { name: 'fields', type: 'values', max: 16, doc: 'arguments' },
    ],
  },
  {
    id: 65,
    name: 'message',
    kind: 'event',
    doc: 'A message on a topic.',
    fields: [
      { name: 'time', type: 'i64', unit: 'us', doc: 'logical time' },
      { name: 'topic', type: 'text', max: 64, doc: 'topic' },
      { name: 'fields', type: 'values', max: 16, doc: 'fields in order' },
    ],
  },
  {
    id: 66,
    name: 'status',
    kind: 'event',
    doc: 'A behaviour changed its status.',
    fields: [
      { name: 'time', type: 'i64', unit: 'us', doc: 'time' },
      behaviour,
      { name: 'status', type: 'u8', doc: 'row of `statuses`' },
      { name: 'code', type: 'u8', doc: 'error code of the reason, 0 none' },
    ],
  },
] as const satisfies readonly LinkEvent[];
