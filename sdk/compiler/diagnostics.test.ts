import { describe, expect, it } from 'vitest';
import { kinds } from '../../hal/contract/index.js';
import { rows } from './messages.js';
import { build } from './testing/programs.js';

const USES = 'use led: gpio.out = board.LED\nuse s: i2c = board.I2C1 at 0x48\nuse b: gpio.in = board.BUTTON\n';

/** Constants that each square the one before. */
const squares = (count: number, first: string): string =>
  `const c0 = ${first}¶${Array.from({ length: count }, (_, i) => `const c${i + 1} = c${i} * c${i}¶`).join('')}`;

/**
 * Each line is a wrong program behind `behaviour t` and USES, then its diagnostics in order: `CODE text`. `¶` is a line
 * end.
 */
const cases: readonly (readonly [string, ...string[]])[] = [
  // characters
  ['var a: i32 = 1 §', 'T0001 §'],
  ['var a: i32 = 0x', 'T0002 0x'],
  ['every 5ms { log "abc }¶', 'T0003 "abc }'],
  ['every 5ms { log "a\\n" }', 'T0004 "a\\n"'],
  // syntax
  ['use x: gpio.out board.PA0', 'T0101 board'],
  ['every 5ms { led.toggle()', 'T0102 '],
  ['every 5ms { if led.read() { led.toggle() }¶every 6ms { }', 'T0102 '],
  ['every 5ms { let for = 1 }', 'T0103 for'],
  ['every 5ms { every 6ms { } }', 'T0104 every'],
  ['every 500 ms { }', 'T0105 500 ms'],
  ['every 5ms { led.toggle() led.toggle() }', 'T0106 led'],
  ['every 5ms { if 1 < 2 < 3 { } }', 'T0107 <'],
  ['var x: f32 m^9 = 0m', 'T0108 9'],
  ['every 5ms { led.read() = 3 }', 'T0110 led.read()'],
  ['use x: gpio.out = LED', 'T0111 LED'],
  ['fn f() -> i32 { return 1 }', 'T0112 ->'],
  ['}', 'T0113 }'],
  ['var x: i32 = 0¶every 5ms { x++ }', 'T0115 x++'],
  ['var x: i32 = 0¶every 5ms { x--¶if x = 3 { led.toggle() } }', 'T0115 x--', 'T0116 ='],
  ['b.press { led.togle() }', 'T0117 b.press', 'T0207 togle'],
  // names that can't be names: one message at the declaration, none where they are used
  ['var loop: u32 = 1¶every 5ms { loop = loop + 1¶led.set(loop > 3) }¶loop { sleep 1ms }', 'T0103 loop'],
  ['use loop: gpio.out = board.PA0¶every 5ms { loop.toggle() }', 'T0103 loop'],
  ['fn loop(): u32 { return 1 }¶every 5ms { loop()¶led.set(loop() > 3) }', 'T0103 loop'],
  ['fn f(loop: u32, x-y: u32): u32 { return loop + x-y }', 'T0103 loop'],
  ['every 5ms { for if in 0 .. 3 { if if > 2 { led.set(if == 1) } } }', 'T0103 if'],
  ['every 5ms { let 2x = 1¶led.set(2x > 1) }', 'T0118 2x'],
  ['param 2: u32 = 1 in 0 ..= 3', 'T0118 2'],
  ['var a-b: u32 = 1¶every 5ms { a-b += 1¶led.set(a-b - 1 > 1) }', 'T0118 a-b'],
  ['message M { a-1: u32, x: u32 }¶publish p: M = "a"¶every 5ms { p.send({ a-1: 1, x: 2 }) }', 'T0118 a-1'],
  ['Every 5ms {¶led.toggle()¶led.set(true)¶}', 'T0119 Every'],
  ['evrey 5ms { led.toggle() }', 'T0119 evrey'],
  ['Use foo: gpio.out = board.PA0¶every 5ms { Let x = 1¶foo.set(x > 0) }', 'T0119 Use', 'T0119 Let'],
  ['loop { While true { } }', 'T0119 While'],
  ['every 5ms { led toggle }', 'T0106 toggle'],
  ['var x: float = 0', 'T0215 float'],
  ['every 5ms { delay(100) }', 'T0203 delay'],
  ['every 5Hz { }', 'T0303 5Hz'],
  ['every 5ms { race { } or { } finally { } }', 'T0190 race'],
  ['enum Mode { a, b }', 'T0190 enum'],
  ['test "x" { advance 5ms }', 'T0190 test'],
  ['machine m { state a { } }', 'T0190 machine'],
  ['loop { while true { } }', 'T0190 while'],
  ['every { led.toggle() }', 'T0101 {'],
  // names and resources
  ['use x: gpio.out = board.LDE', 'T0201 LDE'],
  ['use x: gpio.out = pin("PA99")', 'T0201 "PA99"'],
  ['use x: gpio.out = board.SERVO1', 'T0202 SERVO1'],
  ['every 5ms { leed.toggle() }', 'T0203 leed'],
  ['const led = 3', 'T0204 led'],
  ['every 5ms { let led = 3 }', 'T0204 led'],
  ['use x: gpio.out = board.LED', 'T0205 LED'],
  ['use x: gpio.in = board.PA4¶use y: spi = board.SPI1 select board.PA4', 'T0205 SPI1'],
  ['use y: spi = board.SPI1 select board.PA4¶use x: gpio.in = board.PA4', 'T0205 PA4'],
  ['use y: spi = board.SPI1 select board.PA4¶use x: spi = board.SPI1 select board.PA4', 'T0224 SPI1'],
  ['use x: gpio = board.PA0', 'T0206 gpio'],
  ['every 5ms { led.togle() }', 'T0207 togle'],
  ['on b.pres { }', 'T0208 pres'],
  ['on led.press { }', 'T0209 led.press'],
  ['use x: gpio.in = board.PA0(pul: up)', 'T0210 pul'],
  ['use x: pwm.pulse = board.SERVO1', 'T0211 x'],
  ['use x: pwm.duty = board.MOTOR_L', 'T0211 x'],
  ['use x: i2c = board.I2C2', 'T0212 x'],
  ['use x: spi = board.SPI1', 'T0212 x'],
  ['message A { v: f32 }¶message B { w: f32 }¶publish a: A = "t"¶subscribe c: B = "t"', 'T0213 B'],
  ['publish a: Nope = "t"', 'T0214 Nope'],
  ['var x: int = 3', 'T0215 int'],
  ['var x: f32 meter = 3', 'T0216 meter'],
  ['message A { v: f32 }¶publish a: A = "t"¶every 5ms { a.send({ w: 1 }) }', 'T0218 { w: 1 }', 'T0217 w'],
  ['every 5ms { let x = led }', 'T0219 led'],
  ['every 5ms { foo(3) }', 'T0203 foo'],
  ['const N = 3¶every 5ms { N = 4 }', 'T0221 N'],
  ['const N = 3¶every 5ms { N() }', 'T0220 N'],
  ['param q: i32 = 3¶every 5ms { q = 4 }', 'T0221 q'],
  ['message A { v: f32 }¶subscribe a: A = "t"¶every 5ms { let x = a.v }', 'T0222 a.v'],
  ['var v16690: i32 = 0¶var v87786: i32 = 0', 'T0223 v87786'],
  ['use y: i2c = board.I2C1 at 0x48', 'T0224 I2C1'],
  ['use p: uart = board.UART1¶every 5ms { let n = p.waiting }', 'T0229 p.waiting'],
  [
    'use p: uart = board.UART1¶let n = p.waiting¶loop { await p.receive; let m = p.waiting }',
    'T0229 p.waiting',
    'T0229 p.waiting',
  ],
  [
    'use p: uart = board.UART1¶use q: gpio.in = board.PA0¶on q.edge { let n = p.waiting; led.set(q.level) }',
    'T0229 p.waiting',
  ],
  ['fn f(): bool { return b.level }¶on b.edge { led.set(f()) }', 'T0229 b.level'],
  ['on b.press { led.set(b.level) }', 'T0229 b.level'],
  [
    'use p: uart = board.UART1¶on p.receive { let n = p.waiting(); let m = p.waitng }',
    'T0207 waiting',
    'T0219 p.waitng',
  ],
  ['use y: i2c = board.I2C1 at 0x99', 'T0225 0x99'],
  ['use y: i2c = board.I2C2 at 0x20 max 1000kHz', 'T0225 max 1000kHz'],
  ['use y: pwm.pulse = board.SERVO1 safe 3000us', 'T0225 safe 3000us'],
  ['use y: pwm.pulse = board.SERVO1 at 100Hz safe hold in 0us ..= 15000us', 'T0225 in 0us ..= 15000us'],
  ['use y: pwm.pulse = board.SERVO1 at 100Hz safe 15000us in 0us ..= 15000us', 'T0225 in 0us ..= 15000us'],
  ['use y: pwm.pulse = board.SERVO1 at 401Hz safe 1500us', 'T0225 at 401Hz'],
  ['message A { }', 'T0226 message A { }'],
  ['message A { v: f32 }¶publish a: A = ""', 'T0227 ""'],
  ['message A { v: f32 }¶publish a: A = "arm/*"', 'T0230 "arm/*"'],
  ['message A { v: f32 }¶subscribe a: A = "wärme"¶publish c: A = "a b"', 'T0230 "wärme"', 'T0230 "a b"'],
  // types and units
  ['const T = 5ms + 3Hz', 'T0302 5ms + 3Hz'],
  ['var d: f32 m = 0m¶every 5ms { d += 3s }', 'T0302 d += 3s'],
  ['var a: u8 = 0¶var c: i16 = 0¶every 5ms { c = c + a }', 'T0301 c + a'],
  ['var a: u8 = 0¶var c: i16 = 0¶every 5ms { c = a }', 'T0303 a'],
  ['every 5ms { led.set(1) }', 'T0303 1'],
  ['var a: u8 = 256', 'T0304 256'],
  ['var a: i32 = 2.5', 'T0305 2.5'],
  ['every 5ms { let x = !3 }', 'T0306 !3'],
  ['var a: u8 = 1¶every 5ms { a = -a }', 'T0306 -a'],
  ['var a: i32 = 1¶var c: i32 = a', 'T0307 a'],
  ['var a: i32 = 1¶every 5ms { a = a / 0 }', 'T0308 0'],
  ['every 5ms { let x = s.read_u8(reg: 0) }', 'T0309 s.read_u8(reg: 0)'],
  ['var a: i32 = 1¶every 5ms { let x = 7 / a }', 'T0309 7 / a'],
  ['var a: i32 = 1¶every 5ms { a = 7 else 8 }', 'T0310 else 8'],
  ['var a: i32 = 1¶every 5ms { let x = 1 + 7 / a else 8 }', 'T0311 7 / a', 'T0310 else 8'],
  ['every 5ms { led.set() }', 'T0312 led.set()'],
  ['every 5ms { led.set(lvl: true) }', 'T0313 lvl'],
  ['every 5ms { let x = led.toggle() }', 'T0314 led.toggle()'],
  ['every 5ms { led.read() }', 'T0315 led.read()'],
  ['every 5ms { let x = s.read_u8(reg: 0) else { led.toggle() } }', 'T0316 else { led.toggle() }'],
  ['every 5 { }', 'T0317 5'],
  ['every 5ms { for i in 9 ..= 0 { } }', 'T0318 for i in 9 ..= 0'],
  ['every 5ms { for i in 0 ..= 9 step 0 { } }', 'T0319 0'],
  ['every 5ms { log "a {}" }', 'T0320 "a {}"'],
  ['message A { v: i64 }', 'T0321 i64'],
  ['param q: i32 = 30 in 0 ..= 9', 'T0322 30'],
  ['param q: f32 = 0.5', 'T0212 q'],
  ['every 5ms { if 1 { } }', 'T0323 1'],
  ['var a: u8 = 0¶every 5ms { match a { 1 => { }  0 ..= 3 => { }  _ => { } } }', 'T0324 0'],
  ['var a: u8 = 0¶every 5ms { match a { 1 => { } } }', 'T0325 a'],
  ['var a: u8 = 0¶every 5ms { match a { _ => { }¶1 => { } } }', 'T0326 1 => { }'],
  ['fn f(): i32 { }', 'T0327 f'],
  ['fn f() { return 3 }', 'T0328 return 3'],
  ['every 0us { }', 'T0329 0us'],
  ['loop { sleep 0ms }', 'T0334 0ms'],
  ['loop { sleep 1ms - 2ms }', 'T0334 1ms - 2ms'],
  ['every 5ms { let x = bool(3) }', 'T0303 3'],
  ['var d: f32 m = 0m¶every 5ms { d = d as s }', 'T0330 d as s'],
  ['every 5ms { let x = "text" }', 'T0331 "text"'],
  ['every 5ms { let x = { a: 1 } }', 'T0332 { a: 1 }'],
  ['fn f(a: i32, c: i32) { }¶every 5ms { f(1, a: 2); f(a: 1, a: 2); f(c: 1, 2) }', 'T0333 a', 'T0333 a', 'T0333 2'],
  [`${squares(40, '1.5')}var a: f32 = 0`, 'T0306 c9 * c9'],
  [`${squares(40, '1m')}var a: f32 = 0`, 'T0108 c6 * c6'],
  [
    'var a: f32 = 1 / 0x1ffffffffffffffffffffffffffffffffffffffffffff',
    'T0002 0x1ffffffffffffffffffffffffffffffffffffffffffff',
  ],
  ['use x: gpio.out = board.PA0(active: low, active: high) safe low safe high', 'T0333 active', 'T0333 safe'],
  ['every 5ms catchup(2) catchup(3) { }', 'T0333 catchup'],
  ['fn f32(a: i32): i32 { return a + 1 }', 'T0103 f32'],
  ['var a: u8 = 0¶every 5ms { match a { 1 | 1 => { }  2 ..= 4 | 3 => { }  _ => { } } }', 'T0324 1', 'T0324 3'],
  ['const Z: f32 = 0.0¶param q: f32 = Z / Z in 0.0 ..= 1.0', 'T0322 Z / Z'],
  ['var a: i32 1/s = 5.', 'T0101 '],
  // what runs when
  ['every 5ms { sleep 1ms }', 'T0401 sleep 1ms'],
  ['on b.press { await b.release }', 'T0401 await b.release'],
  ['loop { led.toggle() }', 'T0402 loop'],
  ['loop { if led.read() { sleep 1ms } }', 'T0402 loop'],
  ['loop { if led.read() { continue }¶sleep 1ms }', 'T0402 loop'],
  ['fn f() { continue }', 'T0403 continue'],
  ['every 5ms { return }', 'T0404 return'],
  ['loop { loop { sleep 1ms } }', 'T0405 loop'],
  ['fn f() { f() }', 'T0406 f'],
  ['fn f() { g() }¶fn g() { f() }', 'T0406 f'],
  ['every 5ms { }¶led.toggle()', 'T0407 led.toggle()'],
  ['every 5ms { }¶var a: i32 = 0', 'T0408 var a: i32 = 0'],
  ['every 5ms { continue¶led.toggle() }', 'T0409 led.toggle()'],
  // limits
  ['every 5ms { for i in 0 ..= 9999999 { } }', 'T0504 for i in 0 ..= 9999999'],
  [`loop { ${'sleep 1ms; '.repeat(33)} }`, 'T0503 loop'],
  [`every 5ms { log "${'a'.repeat(121)}" }`, `T0502 "${'a'.repeat(121)}"`],
  [Array.from({ length: 30 }, (_, i) => `param p${i}: i32 = 0`).join('¶'), 'T0501 p29'],
  [
    `every 5ms { ${Array.from({ length: 30 }, (_, i) => `log "${String(i).padStart(100, '-')}"`).join('; ')} }`,
    'T0505 ',
  ],
  ['var n: u8 = 0¶every 5ms { for i in 0 ..= 99999 { for j in 0 ..= 99999 { n += 1 } } }', 'T0506 '],
  [
    'var n: u8 = 0¶every 5ms { for i in 0 ..= 999999 { for j in 0 ..= 999999 { for k in 0 ..= 999999 { n += 1 } } } }',
    'T0506 ',
  ],
  // several at once, and none that follow from others
  [
    'var a: u8 = 300¶var c: flot = 1¶every 5ms { a = c; x = 1; led.toggle( }',
    'T0304 300',
    'T0215 flot',
    'T0203 x',
    'T0101 }',
  ],
  ['every 5ms { let x = nope.read(); let y = x + 1; led.set(y) }', 'T0203 nope'],
];

function check(text: string): string[] {
  const source = `behaviour t\n${USES}${text.replaceAll('¶', '\n')}\n`;
  return build(source).diagnostics.map(({ code, span }) => `${code} ${source.slice(span.start, span.end)}`);
}

describe('diagnostics', () => {
  it.each(cases)('%s', (text, ...marks) => {
    expect(check(text)).toEqual(marks);
  });

  it('a unit may begin with 1, as in its canonical text', () => {
    expect(check('var a: f32 1/s = 5Hz¶every 5ms { if a > 3Hz { led.toggle() } }')).toEqual([]);
  });

  it('a pulse may fill its period', () => {
    expect(check('use x: pwm.pulse = board.SERVO1 at 400Hz safe hold')).toEqual([]);
    expect(check('use x: pwm.pulse = board.SERVO1 at 1kHz safe 1000us in 0us ..= 1000us')).toEqual([]);
  });

  it('a parameter may have the name of a resource', () => {
    expect(check('param PA0: i32 = 1¶use x: gpio.out = board.PA0')).toEqual([]);
  });

  it.each([
    ['led', 'read it: `led.read()`'],
    ['b', 'read it: `b.read()`'],
    ['a', 'read it: `a.read()`'],
    ['p', 'read it: `p.read_u8()`'],
    ['s', undefined],
    ['t', undefined],
  ])('says how the handle %s is read: %s', (name, fix) => {
    const more = 'use a: adc = board.A0\nuse p: uart = board.UART1\nuse t: timer\n';
    const { diagnostics } = build(`behaviour t\n${USES}${more}every 5ms { let x = ${name} }\n`);
    expect(diagnostics.map((each) => [each.code, each.fix])).toEqual([['T0219', fix]]);
  });

  it('says where an argument can be read, and which kinds have events', () => {
    const said = (text: string): string[] =>
      build(`behaviour t\n${USES}use p: uart = board.UART1\n${text}\n`).diagnostics.map(
        ({ title, why, fix }) => `${title}; ${why}; ${String(fix)}`,
      );
    expect(said('every 5ms { let n = p.waiting }')).toEqual([
      '`p.waiting` exists only in `on p.receive { … }`; an event says it while it is handled; ' +
        'keep what is needed in a variable',
    ]);
    expect(said('on p.receive { let n = p.waiting() }')[0]).toMatch(/it is no call: write `p.waiting`$/);
    const having = kinds.flatMap((kind) => ('events' in kind ? [kind.name] : []));
    const last = having.pop() ?? '';
    expect(said('on led.x { }')[0]).toContain(`only ${having.join(', ')} and ${last} have events`);
  });

  it('the first line is needed', () => {
    expect(build('every 5ms { }\n').diagnostics.map((each) => each.code)).toEqual(['T0114']);
  });

  it.each([
    ['Behaviour t', 'T0119', 'write `behaviour`'],
    ['behavior t', 'T0119', 'write `behaviour`'],
    ['behaviour 2a', 'T0118', 'choose another name, like `n2a`'],
    ['behaviour a-b', 'T0118', 'choose another name, like `a_b`'],
    ['behaviour loop', 'T0103', 'choose another name, like `loop_`'],
  ])('%s: one message says what to write', (first, code, fix) => {
    const { diagnostics } = build(`${first}\n${USES}every 5ms { led.toggle() }\n`);
    expect(diagnostics.map((each) => [each.code, each.fix])).toEqual([[code, fix]]);
  });

  it('units and words of clauses are free for names', () => {
    expect(check('var ms: u32 = 1¶every 5ms { let s1 = ms¶let step = s1¶led.set(step > 1) }')).toEqual([]);
  });

  it('every fix that is an edit makes its mistake go away', () => {
    let edits = 0;
    for (const [text] of cases) {
      const source = `behaviour t\n${USES}${text.replaceAll('¶', '\n')}\n`;
      for (const { code, edit } of build(source).diagnostics) {
        if (!edit) continue;
        edits++;
        const edited = source.slice(0, edit.span.start) + edit.text + source.slice(edit.span.end);
        const after = build(edited).diagnostics.filter(
          (each) => each.code === code && each.span.start === edit.span.start,
        );
        expect(after, `${code} in ${text}`).toEqual([]);
      }
    }
    expect(edits).toBeGreaterThan(10);
  });

  it.each([
    ['let x = s.read_u8(reg: 0)', undefined],
    ['for i in 0 .. 2 { let x = s.read_u8(reg: 0) }', ' else { continue }'],
    ['fn f(): u8 { let x = s.read_u8(reg: 0)¶return x }', undefined],
    ['fn f() { let x = s.read_u8(reg: 0) }', ' else { return }'],
    ['every 5ms { let x = s.read_u8(reg: 0) }', ' else { continue }'],
    ['s.write_u8(reg: 0, value: 1)', ' else { }'],
  ])('%s: the `else` that is offered leaves the block, or nothing is offered', (text, offered) => {
    const source = `behaviour t\n${USES}${text.replaceAll('¶', '\n')}\n`;
    const [first] = build(source).diagnostics;
    expect([first?.code, first?.edit?.text]).toEqual(['T0309', offered]);
    const { start, end } = first?.edit?.span ?? { start: 0, end: 0 };
    if (offered !== undefined)
      expect(build(source.slice(0, start) + offered + source.slice(end)).diagnostics).toEqual([]);
  });

  it('start-up code is not told to end an `else` with `continue`', () => {
    expect(
      build(`behaviour t\n${USES}let x = s.read_u8(reg: 0) else { }\n`).diagnostics.map((each) => each.fix),
    ).toEqual(['write `else value`']);
  });

  it('says all that is filled in', () => {
    for (const [text] of cases) {
      for (const each of build(`behaviour t\n${USES}${text.replaceAll('¶', '\n')}\n`).diagnostics) {
        expect(each.title + each.why + (each.fix ?? '')).not.toMatch(/\{[a-z]+\}/);
      }
    }
  });

  it('has no message that no program gets', () => {
    const elsewhere = ['T0109', 'T0114', 'T0228', 'T0507', 'T0508', 'T0509'];
    const shown = new Set([...cases.flatMap(([, ...marks]) => marks.map((mark) => mark.slice(0, 5))), ...elsewhere]);
    expect(Object.keys(rows).filter((code) => !shown.has(code))).toEqual([]);
  });
});
