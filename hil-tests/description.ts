/**
 * What is wired to what on a rig: `rigs/<name>.json`. Suites speak of roles, such as `led`; the file names the
 * pins.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const schema = z
  .object({
    name: z.string(),
    title: z.string(),
    /** Board file that programs are built for. */
    board: z.string(),
    /**
     * A board that is a process of this computer: a program, relative to the project, or an emulator that the command
     * line knows. Absent: the model of the SDK.
     */
    start: z
      .union([
        z.object({ program: z.string(), arguments: z.array(z.string()) }),
        z.object({ emulator: z.literal(true), clock: z.enum(['real', 'virtual']) }),
      ])
      .optional(),
    /** What suites may rely on; one that needs more is skipped by name. */
    has: z.array(z.enum(['pins', 'pwm', 'adc', 'i2c', 'spi', 'uart', 'power', 'virtual-time', 'trace'])),
    /** The board's names by role. */
    wires: z.record(z.string(), z.string()),
  })
  .strict();

export type RigDescription = z.infer<typeof schema>;

/** Something that a rig may have. */
export type Feature = RigDescription['has'][number];

/** Folder of the project. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** Reads a description by the name of its file. Throws for one that is malformed. */
export function loadDescription(name: string): RigDescription {
  return schema.parse(JSON.parse(readFileSync(`${projectRoot}hil-tests/rigs/${name}.json`, 'utf8')));
}
