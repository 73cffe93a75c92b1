import type { Span } from '../span.js';
import type { Exact } from './exact.js';
import type { Expression, Fn, Handle, Message, Variable } from './program.js';

/** What a name can mean. `broken`: its declaration was wrong and is already reported. */
export type Meaning =
  | { readonly kind: 'handle'; readonly handle: Handle }
  | { readonly kind: 'exact'; readonly constant: Exact }
  | { readonly kind: 'typed'; readonly constant: Expression & { kind: 'const' } }
  /** `handle`: of a parameter. */
  | { readonly kind: 'variable'; readonly variable: Variable; readonly handle?: Handle }
  | { readonly kind: 'fn'; readonly fn: Fn }
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'broken' };

export interface Entry {
  readonly meaning: Meaning;
  readonly span: Span;
}

/** Names by block, innermost last. */
export class Scope {
  private readonly blocks: Map<string, Entry>[] = [new Map()];

  find(name: string): Entry | undefined {
    for (let i = this.blocks.length - 1; i >= 0; i--) {
      const entry = this.blocks[i]?.get(name);
      if (entry) return entry;
    }
    return undefined;
  }

  add(name: string, entry: Entry): void {
    this.blocks.at(-1)?.set(name, entry);
  }

  /** Runs `body` with a block of its own. */
  nested<T>(body: () => T): T {
    this.blocks.push(new Map());
    const result = body();
    this.blocks.pop();
    return result;
  }

  /** Every name that can be seen, with its entry. */
  *visible(): Iterable<[string, Entry]> {
    for (const block of this.blocks) yield* block;
  }
}
