/**
 * A tape of numbers that a generator takes its decisions from. An exhausted tape says 0, which is always the simplest
 * choice.
 */
export class Choices {
  private at = 0;

  constructor(private readonly tape: readonly number[]) {}

  /** 0 to n - 1. */
  below(n: number): number {
    return (this.tape[this.at++] ?? 0) % n;
  }

  /** True sometimes; false on an exhausted tape. */
  maybe(): boolean {
    return this.below(2) === 1;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
}
