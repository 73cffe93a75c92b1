import type * as ast from '../../parse/ast.js';
import type { Context } from '../context.js';
import { condition } from '../expressions/index.js';
import type { Statement } from '../program.js';
import { block } from './index.js';

/** `if condition { … } else { … }`. */
export function ifStatement(x: Context, node: ast.IfStatement): Statement | undefined {
  const tested = condition(x, node.condition);
  const then = block(x, node.then);
  const otherwise = node.otherwise ? block(x, node.otherwise) : [];
  return tested && { kind: 'if', condition: tested, then, otherwise, span: node.span };
}
