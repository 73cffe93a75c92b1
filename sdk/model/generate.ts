/**
 * Random stimulus for an app: from its manifests and a seed, a list of everything that can happen to it from outside -
 * time, bouncing edges, register values, bus faults, voltages, bytes, messages, parameters. The same list is played to
 * the model and to a board, whose traces must be equal.
 */
import { kindModel } from './kinds/index.js';
import type { Manifest } from './manifest.js';
import { Random } from './random.js';
import type { Stimulus } from './stimulus.js';

/** `count` stimuli at least for an app with these manifests. Devices on its buses are attached first. */
export function generateStimuli(manifests: readonly Manifest[], seed: number, count: number): Stimulus[] {
  const random = new Random(seed);
  const makers = manifests.flatMap((manifest) =>
    manifest.uses.flatMap((use) => kindModel(use.kind).makers?.(use, manifest.name) ?? []),
  );
  const scaleUs = timeScaleUs(manifests);
  const stimuli = manifests.flatMap(({ uses }) => uses.flatMap((use) => kindModel(use.kind).attach?.(use) ?? []));
  while (stimuli.length < count) {
    if (makers.length > 0 && !random.once(3)) stimuli.push(...random.pick(makers)(random));
    else stimuli.push({ kind: 'advance', us: someTimeUs(random, scaleUs) });
  }
  return stimuli;
}

/** Shortest period, 20 ms if there is none: time moves in steps around it. */
function timeScaleUs(manifests: readonly Manifest[]): number {
  const periods = manifests
    .flatMap(({ sources }) => sources.flatMap(({ fields }) => fields['period'] ?? []))
    .map(Number);
  return periods.length > 0 ? Math.max(Math.min(...periods), 100) : 20_000;
}

/** A moment, a few steps, or exactly one: so that things also coincide. */
function someTimeUs(random: Random, scaleUs: number): number {
  if (random.once(4)) return random.between(0, Math.ceil(scaleUs / 20));
  if (random.once(4)) return scaleUs * random.between(1, 2);
  return random.between(0, scaleUs * 9);
}
