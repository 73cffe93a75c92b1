import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import virtual from '../../boards/virtual.json' with { type: 'json' };
import { compile, type Compiled } from '../compiler/index.js';
import { generateStimuli, type Installable, Model, modelRig, play, type Stimulus } from '../model/index.js';
import { runs } from '../testing/figures.js';
import { programs } from './generate.js';
import { interpret } from './index.js';
import { manifestOf } from './manifest.js';

/** Random programs, and stimuli for each. */
const PROGRAMS = runs({ full: 5_000, short: 15 });
const STIMULI = 150;

/** Trace of what runs in a fresh model under the stimuli. */
async function traceOf(installed: Installable, stimuli: readonly Stimulus[]): Promise<string> {
  const model = new Model(virtual, [installed]);
  await play(modelRig(model), stimuli);
  return model.trace.text();
}

/** Compiles, or throws what the compiler says. */
function build(source: string): Required<Pick<Compiled, 'program' | 'module'>> {
  const { program, module, diagnostics } = compile(source, { file: 'random.tars', board: virtual });
  if (program === undefined || module === undefined)
    throw new Error(diagnostics.map(({ code, title }) => `${code} ${title}`).join('\n'));
  return { program, module };
}

/**
 * Traces of the interpreter and of the module compiled from the same source, or from another to see that it is noticed.
 */
async function bothTraces(
  source: string,
  seed: number,
  count: number,
  other = source,
): Promise<{ interpreted: string; compiled: string }> {
  const { program } = build(source);
  const { module } = build(other);
  const stimuli = generateStimuli([manifestOf(program)], seed, count);
  return { interpreted: await traceOf(interpret(program, source), stimuli), compiled: await traceOf(module, stimuli) };
}

const examples = new URL('../../examples/', import.meta.url);
const sources = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tars'));

describe('the interpreter and the module', () => {
  it.each(sources)('have the same trace: %s', async (file) => {
    const { interpreted, compiled } = await bothTraces(readFileSync(new URL(file, examples), 'utf8'), 7, 600);
    expect(interpreted.split('\n').length).toBeGreaterThan(300);
    expect(compiled).toBe(interpreted);
  });

  it(`have the same trace: ${PROGRAMS} random programs`, { timeout: 1_800_000 }, async () => {
    let reactions = 0;
    await fc.assert(
      fc.asyncProperty(programs, fc.nat(), async (source, seed) => {
        const { interpreted, compiled } = await bothTraces(source, seed, STIMULI);
        reactions += interpreted.split('\nR').length;
        expect(compiled).toBe(interpreted);
      }),
      { numRuns: PROGRAMS, seed: 20261121 },
    );
    expect(reactions).toBeGreaterThan(PROGRAMS * 20);
  });

  // What a wrong compiler would do, planted: a comparison that can't fail would prove nothing.
  it.each([
    ['+|', '+'],
    ['>>', '<<'],
    ['<=', '<'],
    ['&&', '||'],
    ['..= 3', '.. 3'],
    ['led.toggle()', 'led.set(true)'],
    ['await button.press', 'await probe.edge'],
  ])('differ if the compiler takes %s for %s', async (right, wrong) => {
    const candidates = fc
      .sample(programs, { numRuns: 300, seed: 6 })
      .filter((source) => source.includes(right))
      .slice(0, 16);
    for (const [seed, source] of candidates.entries()) {
      const { interpreted, compiled } = await bothTraces(source, seed, STIMULI, source.replaceAll(right, wrong));
      if (interpreted !== compiled) return;
    }
    expect.unreachable(`none of ${candidates.length} programs shows it`);
  });
});
