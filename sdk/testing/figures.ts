/** How often tests repeat what they do, and the figures that they print. */
import { appendFileSync } from 'node:fs';

/** Share of the long counts that `npm run test:long` asks for; 0: the short ones. */
const share = Number(process.env['TARS_FULL'] ?? 0);

/**
 * The count of the acceptance criteria with TARS_FULL=1, or such a share of it; else a short one that still finds a
 * regression, which is also the least.
 */
export function runs({ full, short }: { readonly full: number; readonly short: number }): number {
  return share > 0 ? Math.max(short, Math.floor(full * share)) : short;
}

/** The numbers below `count`: all of them in the long tests, else one of every `step`. */
export function sampled(count: number, step: number): number[] {
  const every = share > 0 ? 1 : step;
  return Array.from({ length: Math.ceil(count / every) }, (_, i) => i * every);
}

/** Counts from here on are given a computer of their own, and times are judged as well as printed. */
export const LONG = 1000;

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** Prints one line of figures, and adds it to the file of `npm run test:long`. */
export function report(what: string, figures: Readonly<Record<string, number | string>>): void {
  const texts = Object.entries(figures).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toFixed(3)) : value}`,
  );
  process.stdout.write(`${what}: ${texts.join(', ')}\n`);
  const file = process.env['TARS_FIGURES'];
  if (file) appendFileSync(file, `${JSON.stringify({ what, figures: texts.join(', ') })}\n`);
}
