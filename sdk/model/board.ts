/** What the model reads of a board file (`boards/<board>.json`). */
export interface ModelBoard {
  readonly name: string;
  readonly class: string;
  readonly resources: Readonly<Record<string, { readonly type: string; readonly maxKHz?: number }>>;
  readonly budgets: { readonly slots: number; readonly reactionUs: number };
}
