import type { Expr, Stmt } from './ir.js';

/** The expressions directly inside a statement, in the order of their evaluation. */
export function exprsOf(s: Stmt): readonly Expr[] {
  switch (s.op) {
    case 'set':
    case 'do':
      return [s.value];
    case 'if':
    case 'br_if':
      return [s.condition];
    case 'br_table':
      return [s.index];
    case 'return':
      return s.value ? [s.value] : [];
    case 'block':
    case 'loop':
    case 'br':
    case 'goto':
    case 'suspend':
      return [];
  }
}

/** The statement lists directly inside a statement. */
export function bodiesOf(s: Stmt): readonly (readonly Stmt[])[] {
  switch (s.op) {
    case 'if':
      return [s.then, s.otherwise];
    case 'block':
    case 'loop':
      return [s.body];
    case 'set':
    case 'do':
    case 'br':
    case 'br_if':
    case 'br_table':
    case 'return':
    case 'goto':
    case 'suspend':
      return [];
  }
}

/** The operands of an expression, in the order of their evaluation. */
export function operandsOf(e: Expr): readonly Expr[] {
  switch (e.op) {
    case 'unary':
    case 'tee':
      return [e.value];
    case 'binary':
      return [e.left, e.right];
    case 'select':
      return [e.then, e.otherwise, e.condition];
    case 'choose':
      return [e.condition, e.then, e.otherwise];
    case 'call':
      return e.args;
    case 'seq':
      return [e.value];
    case 'const':
    case 'get':
      return [];
  }
}

/** The same expression with other operands, in the order of `operandsOf`. */
export function withOperands(e: Expr, operands: readonly Expr[]): Expr {
  const [a, b, c] = operands as [Expr, Expr, Expr];
  switch (e.op) {
    case 'unary':
    case 'tee':
    case 'seq':
      return { ...e, value: a };
    case 'binary':
      return { ...e, left: a, right: b };
    case 'select':
      return { ...e, then: a, otherwise: b, condition: c };
    case 'choose':
      return { ...e, condition: a, then: b, otherwise: c };
    case 'call':
      return { ...e, args: operands };
    case 'const':
    case 'get':
      return e;
  }
}

/** Calls `visit` for every statement, outer ones first, also those inside of expressions. */
export function eachStmt(list: readonly Stmt[], visit: (s: Stmt) => void): void {
  for (const s of list) {
    visit(s);
    for (const e of exprsOf(s)) eachExpr(e, (inner) => inner.op === 'seq' && eachStmtShallow(inner.body, visit));
    for (const body of bodiesOf(s)) eachStmt(body, visit);
  }
}

// The expressions of these statements are visited by the caller's `eachExpr`.
function eachStmtShallow(list: readonly Stmt[], visit: (s: Stmt) => void): void {
  for (const s of list) {
    visit(s);
    for (const body of bodiesOf(s)) eachStmtShallow(body, visit);
  }
}

/** Calls `visit` for an expression and everything inside, also statements of `seq`. */
export function eachExpr(e: Expr, visit: (e: Expr) => void): void {
  visit(e);
  if (e.op === 'seq') eachExprIn(e.body, visit);
  for (const operand of operandsOf(e)) eachExpr(operand, visit);
}

/** Calls `visit` for every expression in the statements. */
export function eachExprIn(list: readonly Stmt[], visit: (e: Expr) => void): void {
  for (const s of list) {
    for (const e of exprsOf(s)) eachExpr(e, visit);
    for (const body of bodiesOf(s)) eachExprIn(body, visit);
  }
}

/** How to rewrite; each function gets a node whose parts are rewritten already. */
export interface Rewrite {
  readonly expr?: (e: Expr) => Expr;
  readonly stmts?: (list: Stmt[]) => readonly Stmt[];
}

/** Rebuilds statements from the inside out. */
export function rewrite(list: readonly Stmt[], by: Rewrite): readonly Stmt[] {
  const out = list.map((s) => rewriteStmt(s, by));
  return by.stmts ? by.stmts(out) : out;
}

function rewriteStmt(s: Stmt, by: Rewrite): Stmt {
  switch (s.op) {
    case 'set':
    case 'do':
      return { ...s, value: rewriteExpr(s.value, by) };
    case 'if':
      return {
        ...s,
        condition: rewriteExpr(s.condition, by),
        then: rewrite(s.then, by),
        otherwise: rewrite(s.otherwise, by),
      };
    case 'block':
    case 'loop':
      return { ...s, body: rewrite(s.body, by) };
    case 'br_if':
      return { ...s, condition: rewriteExpr(s.condition, by) };
    case 'br_table':
      return { ...s, index: rewriteExpr(s.index, by) };
    case 'return':
      return s.value ? { ...s, value: rewriteExpr(s.value, by) } : s;
    case 'br':
    case 'goto':
    case 'suspend':
      return s;
  }
}

/** Rebuilds an expression from the inside out. */
export function rewriteExpr(e: Expr, by: Rewrite): Expr {
  const outer = e.op === 'seq' ? { ...e, body: rewrite(e.body, by) } : e;
  const operands = operandsOf(e).map((part) => rewriteExpr(part, by));
  const built = withOperands(outer, operands);
  return by.expr ? by.expr(built) : built;
}
