import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { allCircles, circleRules } from './circles.js';
import { deadFiles } from './dead.js';
import { importRules } from './imports.js';
import { includeRules } from './includes.js';
import { functionsOfC, functionsOfTypeScript, lengths, widths } from './lengths.js';
import { readSources, show, type Problem } from './source.js';
import { markdownPaths, placeNames, terminalCodes } from './words.js';

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const sources = readSources(root);

describe('the project is tidy', () => {
  const none = (problems: readonly Problem[]): void => expect(problems.map(show)).toEqual([]);
  it('files and functions are short', () => none(lengths(sources)));
  it('lines are narrow', () => none(widths(sources)));
  it('imports go the right way', () => none(importRules(sources)));
  it('no file imports itself by way of others', () => none(circleRules(sources)));
  it('includes go the right way', () => none(includeRules(sources)));
  it('no file is dead', () => none(deadFiles(sources)));
  it('paths named in Markdown exist', () => none(markdownPaths(sources)));
  it('no registry, no path of this machine', () => none(placeNames(sources, root)));
  it('terminals are steered in one place', () => none(terminalCodes(sources)));
});

/** Each rule finds what is planted, so that an empty list above means something. */
describe('tidy finds', () => {
  const planted = (files: Record<string, string>): Map<string, string> => new Map(Object.entries(files));

  it('a code that steers the terminal', () => {
    const codes = planted({ 'cli/a.ts': 'x();\nout(`\\x1b[2J`);\n', 'cli/terminal/b.ts': 'write(`\\x1b[2J`);\n' });
    expect(terminalCodes(codes).map(show)).toEqual(['cli/a.ts:2: steers the terminal: that is for cli/terminal']);
  });

  it('a long file and a long function, in TypeScript and in C', () => {
    const body = '  x();\n'.repeat(75);
    const long = planted({
      'sdk/a.ts': `export function f() {\n${body}}\n`,
      'firmware/core/a.c': `static int f(int a,\n             int b) {\n${body}}\n`,
      'sdk/b.ts': '\n'.repeat(401),
      'firmware/gen/c.c': '\n'.repeat(999),
    });
    expect(lengths(long).map(show)).toEqual([
      'sdk/a.ts:1: f has 77 lines, at most 70',
      'firmware/core/a.c:1: f has 78 lines, at most 70',
      'sdk/b.ts:400: the file has 401 lines, at most 400',
    ]);
  });

  it('a wide line, but not in verbatim text and not where nothing can be broken', () => {
    const wide = 'word '.repeat(30);
    const files = planted({
      'sdk/a.ts': `// ${wide}\nconst a = \`\n${wide}\`;\nconst b =\n  '${'0'.repeat(130)}' +\n  '';\n`,
      'firmware/core/a.c': `/* ${wide}*/\n`,
      'firmware/CMakeLists.txt': `\nset(a ${wide})\n`,
      'firmware/gen/a.c': `/* ${wide}*/\n`,
    });
    expect(widths(files).map(show)).toEqual([
      'sdk/a.ts:1: the line has 153 columns, at most 120',
      'firmware/core/a.c:1: the line has 155 columns, at most 120',
      'firmware/CMakeLists.txt:2: the line has 157 columns, at most 120',
    ]);
  });

  it('every function of a file', () => {
    expect(
      functionsOfTypeScript('a.ts', 'const f = () => {\n};\nclass A { g() {\n1;\n} }').map(({ length }) => length),
    ).toEqual([2, 3]);
    expect(
      functionsOfC('struct a {\n  int b;\n};\n\nint f(void) {\n  return 1;\n}\n').map(({ name, length }) => [
        name,
        length,
      ]),
    ).toEqual([['f', 3]]);
  });

  it('an import against the flow', () => {
    const files = planted({
      'sdk/a.ts': "import { x } from '../cli/b.js';",
      'cli/b.ts': "import { y } from '../sdk/a.js';",
      'examples/c.ts': "import { y } from '../sdk/a.js'; import 'tars-sdk';",
      'hal/contract/d.ts': "export { x } from '../../sdk/a.js';",
    });
    expect(importRules(files).map(({ path }) => path)).toEqual(['sdk/a.ts', 'examples/c.ts', 'hal/contract/d.ts']);
  });

  it('a circle of imports, of types too, and of headers', () => {
    const files = planted({
      'sdk/a.ts': "import { b } from './b.js';",
      'sdk/b.ts': "export * from './c.js';\nimport './d.js';",
      'sdk/c.ts': "import type { A } from './a.js';",
      'sdk/d.ts': "import type { C } from './c.js';",
      'sdk/e.ts': "import { a } from './a.js';",
      'sdk/compiler/check/statements/f.ts': "import { g } from './g.js';",
      'sdk/compiler/check/statements/g.ts': "import { f } from './f.js';",
      'firmware/core/h.h': '#include "i.h"\n',
      'firmware/core/i.h': '#include "h.h"\n',
      'firmware/core/j.c': '#include "h.h"\n',
    });
    expect(circleRules(files).map(show)).toEqual([
      'sdk/a.ts:1: imports itself: sdk/a.ts → sdk/b.ts → sdk/c.ts → sdk/a.ts',
      'firmware/core/h.h:1: imports itself: firmware/core/h.h → firmware/core/i.h → firmware/core/h.h',
    ]);
    expect(allCircles(files).map((circle) => circle.files.length)).toEqual([4, 2, 2]);
  });

  it('a circle of calls, but not one of names that are static, in comments, in tables, or behind a header', () => {
    const files = planted({
      'firmware/core/a.c': 'static int same;\nint tars_a(int of) {\n  return tars_b(of) + tars_gpio_read();\n}\n',
      'firmware/core/b.c': 'static int same;\nint tars_b(int of) { return tars_d[of] + same; }\n',
      'firmware/net/d.c': '/* tars_b */\nint tars_d[] = { tars_a };\n',
      'firmware/wire/e.c': '/* tars_a */ char *tars_e = "tars_a";\n',
      'firmware/agent/f.c': 'void tars_f(void) { tars_a(tars_e); }\n',
      'firmware/gen/g.c': 'int (*tars_g)(void) = { tars_f };\n',
      'firmware/sim/gpio.c': 'int tars_gpio_read(void) { return tars_a(0); }\n',
    });
    expect(circleRules(files).map(show)).toEqual([
      'firmware/core/a.c:1: calls itself: firmware/core/a.c → firmware/core/b.c → firmware/net/d.c → firmware/core/a.c',
    ]);
  });

  it('an import of a later stage, and of what would make the interpreter or the model depend on the compiler', () => {
    const stages = ['parse', 'check', 'lower', 'emit'].map((stage) => `sdk/compiler/${stage}/a.ts`);
    const every = [
      ...stages,
      ...['sdk/compiler/index.ts', 'sdk/compiler/units.ts', 'sdk/compiler/check/program.ts'],
      ...['sdk/interpreter/a.ts', 'sdk/model/a.ts'],
    ];
    const text = every.map((path) => `import '${'../'.repeat(4)}${path.replace(/ts$/, 'js')}';`).join('\n');
    const files = planted(Object.fromEntries(every.map((path) => [path, ''])));
    const refused = (path: string): string[] => {
      const depth = path.split('/').length - 1;
      const problems = importRules(new Map([...files, [path, text.replaceAll('../'.repeat(4), '../'.repeat(depth))]]));
      return problems.map((each) => each.text.replace(/.* must not import sdk\//, ''));
    };
    const index = 'compiler/index.ts';
    const outside = ['interpreter/a.ts', 'model/a.ts'];
    const [parse = '', check = '', lower = '', emit = ''] = stages;
    const after = (...paths: string[]): string[] => paths.map((path) => path.replace(/^sdk\//, ''));
    expect(refused(parse)).toEqual([...after(check, lower, emit), index, 'compiler/check/program.ts', ...outside]);
    expect(refused(check)).toEqual([...after(lower, emit), index, ...outside]);
    expect(refused(lower)).toEqual([...after(parse, emit), index, ...outside]);
    expect(refused(emit)).toEqual([...after(parse), index, 'compiler/units.ts', ...outside]);
    expect(refused('sdk/interpreter/a.ts')).toEqual([...after(...stages), index, 'compiler/units.ts']);
    expect(refused('sdk/model/a.ts')).toEqual([
      ...after(...stages),
      index,
      'compiler/units.ts',
      'compiler/check/program.ts',
      'interpreter/a.ts',
    ]);
    expect(refused('sdk/compiler/check/a.test.ts')).toEqual([]);
  });

  it('an include across a border', () => {
    const files = planted({
      'firmware/core/a.c': '#include <pthread.h>\n#include "sim.h"\n#include "tars.h"\n#include <stdint.h>',
      'firmware/ports/posix/sim.h': '',
      'firmware/include/tars.h': '',
      'firmware/ports/posix/b.c': '#include <pthread.h>\n#include "core.h"',
      'firmware/core/core.h': '',
      'firmware/engines/wamr/e.c': '#include "wasm_export.h"',
    });
    expect(includeRules(files).map(show)).toEqual([
      'firmware/core/a.c:1: firmware/core must not include <pthread.h>',
      'firmware/core/a.c:2: firmware/core must not include firmware/ports/posix/sim.h',
      'firmware/ports/posix/b.c:2: firmware/ports must not include firmware/core/core.h',
    ]);
  });

  it('a header of another port, chip or engine', () => {
    const files = planted({
      'firmware/ports/freertos/main.c':
        '#include "chip.h"\n#include "chip_config.h"\n#include "one.h"\n#include "arm.h"',
      'firmware/ports/freertos/chip.h': '#include "chip_config.h"',
      'firmware/ports/freertos/cortex_m/arm.h': '',
      'firmware/ports/freertos/chips/one/chip_config.h': '',
      'firmware/ports/freertos/chips/one/one.h': '#include "chip.h"\n#include "arm.h"\n#include "chip_config.h"',
      'firmware/ports/freertos/chips/two/two.c': '#include "one.h"',
      'firmware/ports/posix/link.c': '#include "../freertos/chip.h"',
      'firmware/engines/fast/fast.h': '#include "format.h"',
      'firmware/engines/slow/slow.c': '#include "fast.h"',
      'firmware/engines/wasm/format.h': '',
    });
    expect(includeRules(files).map(({ path, line }) => `${path}:${line}`)).toEqual([
      'firmware/ports/freertos/main.c:3',
      'firmware/ports/freertos/main.c:4',
      'firmware/ports/freertos/chips/two/two.c:1',
      'firmware/ports/posix/link.c:1',
      'firmware/engines/slow/slow.c:1',
    ]);
  });

  it('a dead file', () => {
    const files = planted({
      'sdk/a.ts': "import './b.js';",
      'sdk/b.ts': '',
      'cli/dev/x.mjs': "'sdk/a.ts'",
      'sdk/c.ts': '',
      'firmware/core/d.c': '',
    });
    expect(deadFiles(files).map(({ path }) => path)).toEqual(['sdk/c.ts', 'firmware/core/d.c']);
  });

  it('every way in which a build names a C file', () => {
    const files = planted({
      'firmware/CMakeLists.txt': 'file(GLOB x core/*.c ../ota/device/*.c) main.c',
      'firmware/test/CMakeLists.txt': '${core}/e.c ${name}_test.c',
      'firmware/core/a.c': '',
      'ota/device/b.c': '',
      'firmware/main.c': '',
      'firmware/port/e.c': '',
      'firmware/test/c_test.c': '',
      'firmware/test/d.c': '',
      'ota/main.c': '',
    });
    expect(deadFiles(files).map(({ path }) => path)).toEqual(['firmware/test/d.c', 'ota/main.c']);
  });

  it('a path that does not exist', () => {
    const files = planted({
      'a.md': 'see `sdk/a.ts`, [b](docs/b.md), `sdk/*.ts`, `cli/no/*`, `README.md`',
      'sdk/a.ts': '',
    });
    expect(markdownPaths(files).map(({ text }) => text.split(' ')[1])).toEqual([
      'docs/b.md,',
      'cli/no/*,',
      'README.md,',
    ]);
  });

  it('an address of a registry and a path of this machine', () => {
    const address = ['https:', '', 'registry.example', 'x'].join('/');
    const files = planted({
      'package-lock.json': `    "resolved": "${address}"`,
      'a.ts': `'${root}/b'`,
      'firmware/deps/Cargo.lock': address,
    });
    expect(placeNames(files, root).map(({ path }) => path)).toEqual(['package-lock.json', 'package-lock.json', 'a.ts']);
  });
});
