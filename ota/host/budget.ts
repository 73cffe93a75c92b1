/** What modules may use at most, beside their handles: a module asks for it, a grant bounds it. */
import type { grantBudget } from '../../hal/contract/index.js';

export type BudgetName = (typeof grantBudget)[number]['name'];
export type Budget = Readonly<Record<BudgetName, number>>;
