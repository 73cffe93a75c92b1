/** The outputs of one behaviour, whatever their kind: the rows of `kinds` say what each kind does. */
import type { Devices } from './devices/index.js';
import { kindModel, type Output } from './kinds/index.js';
import type { Use } from './manifest.js';

export class Outputs {
  /** By handle; `undefined` where the kind is no output. */
  private readonly outputs: readonly (Output | undefined)[];
  private configured = false;

  constructor(
    private readonly uses: readonly Use[],
    devices: Devices,
  ) {
    this.outputs = uses.map((use) => kindModel(use.kind).output?.(use, devices));
  }

  level(handle: number): 0 | 1 {
    return this.outputs[handle]?.level ?? 0;
  }

  write(handle: number, level: 0 | 1): void {
    this.outputs[handle]?.write?.(level);
  }

  /** The first time: sets every output to its safe level; one that holds starts low or off. */
  begin(): void {
    if (!this.configured) for (const output of this.outputs) output?.begin();
    this.configured = true;
  }

  /** What the next version lacks becomes safe. */
  rest(next: Outputs): void {
    this.outputs.forEach((output, handle) => {
      if (!next.has(this.uses[handle])) output?.safe();
    });
  }

  /** Takes over from an older version without a change of level. */
  takeOver(old: Outputs): void {
    this.outputs.forEach((output, handle) => {
      if (old.has(this.uses[handle])) output?.takeOver();
      else output?.begin();
    });
    this.configured = true;
  }

  /** Puts every output into its declared safe state. */
  safe(): void {
    for (const output of this.outputs) output?.safe();
  }

  /** True if there is an output of the same kind on the same pin or channel. */
  private has(like: Use | undefined): boolean {
    return this.uses.some((use) => use.kind === like?.kind && use.fields['name'] === like.fields['name']);
  }
}
