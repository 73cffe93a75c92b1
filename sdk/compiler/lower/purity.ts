import type { Expr } from './ir.js';

/** True if evaluating `expr` changes nothing and can't trap: it may be evaluated more often, later or not at all. */
export function isPure(expr: Expr): boolean {
  switch (expr.op) {
    case 'const':
    case 'get':
      return true;
    case 'unary':
      return isPure(expr.value);
    case 'binary':
      return !/\.(div|rem)_/.test(expr.code) && isPure(expr.left) && isPure(expr.right);
    case 'select':
      return isPure(expr.then) && isPure(expr.otherwise) && isPure(expr.condition);
    case 'choose':
      return isPure(expr.condition) && isPure(expr.then) && isPure(expr.otherwise);
    case 'tee':
    case 'call':
    case 'seq':
      return false;
  }
}
