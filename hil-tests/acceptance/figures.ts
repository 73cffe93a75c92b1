/** Counts and figures of the acceptance tests. */
import { appendFileSync } from 'node:fs';

/** The counts of the acceptance criteria with TARS_FULL=1, else shorter ones that still find a regression. */
export function runs({ full, short }: { readonly full: number; readonly short: number }): number {
  return process.env['TARS_FULL'] === '1' ? full : short;
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
