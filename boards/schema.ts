/**
 * What a board file says. This is the one place for its form: board.schema.json, which editors read, is made from it
 * by `npm run gen`, and the command line takes its types from here.
 */
import { z } from 'zod';
import { type GroupName, groups, names } from '../hal/contract/index.js';

const name = z.string().regex(names.resource.pattern);
const bytes = z.number().int().positive();

const resource = z.strictObject({
  type: z.enum(['gpio', 'pwm', 'adc', 'i2c', 'spi', 'uart']).describe('what a behaviour can use it as'),
  pin: z
    .string()
    .max(64)
    .exactOptional()
    .describe("the microcontroller's own name of the pin or pins, as its data sheet has it"),
  maxKHz: z.number().int().positive().exactOptional().describe('buses: the fastest clock'),
  doc: z.string().max(160).exactOptional().describe('what is wired to it, where that is not plain'),
});

const budgets = z.strictObject({
  slots: z.number().int().min(3).max(10).describe('behaviours side by side; two of them are for swaps'),
  arena: bytes.describe('bytes of one behaviour: module, instance, stack'),
  pool: bytes.describe("bytes of the engine's own pool"),
  stack: bytes.describe("bytes of the guests' shared execution stack"),
  reactionUs: bytes.describe('longest reaction before it is abandoned, microseconds'),
  logLines: bytes.describe('log lines that the board keeps'),
});

const floors = z.strictObject({
  periodUs: bytes.describe('shortest period, and shortest deadline, that a behaviour may ask for, microseconds'),
  restartMs: bytes.describe('shortest delay before a behaviour is restarted after a fault, milliseconds'),
});

const speed = z.strictObject({
  instructionNs: bytes.describe('longest time of one instruction of a behaviour, nanoseconds'),
  callNs: bytes.describe('longest time of one host call without the time of a bus, nanoseconds'),
  eventNs: bytes.describe('longest time from an event to the behaviour and back without its instructions, nanoseconds'),
});

const flash = z.strictObject({
  size: bytes.describe('bytes of the partition that holds apps and state'),
  erase: bytes.describe('bytes erased at once'),
  program: bytes.describe('bytes programmed at once'),
  read: bytes.describe('bytes read at once'),
});

const call = z.enum(Object.keys(groups) as [GroupName, ...GroupName[]]);

export const boardSchema = z.strictObject({
  $schema: z.literal('./board.schema.json').exactOptional(),
  name: name.describe('how `--board` calls it; also the name of the file'),
  class: name.describe('class that an app is built for; a board refuses apps of another class'),
  title: z.string().max(120),
  pointer: z
    .union([z.literal(4), z.literal(8)])
    .exactOptional()
    .describe('bytes of an address on it, on which it depends how much memory a module needs (default 8)'),
  port: z.enum(['posix', 'freertos', 'zephyr']).describe('the firmware port that runs on it'),
  flashing: z
    .enum(['link', 'none'])
    .describe('how apps get onto it; none: apps can be built, firmware for it does not exist yet'),
  calls: z
    .array(call)
    .min(1)
    .describe('groups of host calls that its firmware has; modules that need others are refused by name'),
  resources: z.record(name, resource).describe('pins, channels and buses by the names that behaviours use'),
  budgets,
  floors: floors.describe('the least that the numbers of a manifest may be; an app with less is refused as `floor`'),
  speed: speed.describe('how fast it runs behaviours at worst: default loads and `tars check` are computed from it'),
  flash,
});

export type BoardFile = z.infer<typeof boardSchema>;

/** The schema as editors read it, the text of board.schema.json. */
export const boardSchemaText = (): string => `${JSON.stringify(z.toJSONSchema(boardSchema), null, 2)}\n`;
