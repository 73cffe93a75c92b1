import { describe, expect, it } from 'vitest';
import { renderJson, renderText } from './render.js';
import { build } from './testing/programs.js';

const SOURCE = `behaviour a
use led: gpio.out = board.LED
\tuse again: gpio.out = board.LED
every 5ms { let x = nope + 1 }
`;

describe('rendering', () => {
  const { diagnostics } = build(SOURCE);

  it('shows the place, the mark under it, other places, why and fix', () => {
    expect(renderText(diagnostics, SOURCE)).toBe(`error T0205: \`LED\` is already an output of this behaviour
 --> test.tars:3:30
  |
3 |   use again: gpio.out = board.LED
  |                               ^^^
2 | use led: gpio.out = board.LED
  |     --- declared here
  = why: two handles on one output would work against each other
  = fix: use the handle \`led\`

error T0203: there is no \`nope\`
 --> test.tars:4:21
  |
4 | every 5ms { let x = nope + 1 }
  |                     ^^^^
  = why: a name is declared before it is used: with \`use\`, \`const\`, \`var\`, \`param\`, \`publish\`, \`subscribe\`, \`fn\`, \`let\` or \`for\`
`);
  });

  it('gives the parts to the function that colours them', () => {
    const painted = renderText(diagnostics, SOURCE, (role, text) => `<${role}>${text}</${role}>`);
    expect(painted).toContain('<error>error</error> <code>T0205</code>');
    expect(painted).toContain('<mark>^^^</mark>');
    expect(painted).toContain('<fix>fix:</fix>');
  });

  it('is data for other programs', () => {
    const [first] = renderJson(diagnostics, SOURCE);
    expect(first).toMatchObject({
      code: 'T0205',
      file: 'test.tars',
      start: { line: 3, column: 30, offset: 71 },
      end: { line: 3, column: 33, offset: 74 },
      notes: [{ start: { line: 2, column: 5 }, text: 'declared here' }],
    });
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  });
});
