/** One kind of mistake. Words in braces are filled in by the report. */
interface Row {
  /** What is wrong. */
  readonly title: string;
  /** The rule behind it. */
  readonly why: string;
  /** What to do, where it is always the same. */
  readonly fix?: string;
}

/**
 * Every message of the compiler. Codes are stable and never reused: T00 characters, T01 syntax, T02 names and
 * resources, T03 types and units, T04 what runs when, T05 limits.
 */
export const rows = {
  T0001: { title: '`{found}` means nothing here', why: 'no word, number or operator begins with it', fix: 'remove it' },
  T0002: { title: '`{found}` is not a number', why: 'numbers are written like 12, 1_000, 0.5, 1e-3, 0x48 or 0b101' },
  T0003: { title: 'this text has no closing quote', why: 'a text ends on the line where it begins', fix: 'add `"`' },
  T0004: {
    title: 'a text has no escapes',
    why: 'a backslash would stand for itself, which is rarely meant',
    fix: 'write the text without `\\`',
  },

  T0101: { title: '{what} is missing{where}', why: 'here stands {found}' },
  T0102: { title: '`}` is missing', why: 'the block {where} is still open', fix: 'add `}`' },
  T0103: {
    title: '`{word}` can not be a name',
    why: 'it is a word of the language',
    fix: 'choose another name, like `{word}_`',
  },
  T0104: {
    title: '`{word}` stands at the top level only',
    why: 'declarations and trails are not nested; inside a sequence, wait with `await` or `sleep`',
  },
  T0105: {
    title: 'the unit is not attached to its number',
    why: 'a unit is a suffix of a number',
    fix: 'write `{number}{unit}`',
  },
  T0106: {
    title: 'the statement should end before {found}',
    why: 'statements end with their line or with `;`',
    fix: 'put it on a line of its own',
  },
  T0107: {
    title: 'comparisons do not chain',
    why: 'the result of `{operator}` is a bool, which has no order',
    fix: 'join two comparisons with `&&`',
  },
  T0108: {
    title: 'a unit can not have the power {power}',
    why: 'powers of units are written 1 to 4, and products of them stay below 64',
  },
  T0109: { title: 'this {what} is nested more than {most} deep', why: 'the compiler stops there', fix: 'split it' },
  T0110: {
    title: 'only a variable can be assigned',
    why: 'the left side of an assignment is the name of a variable; outputs are set by calls, like `led.set(true)`',
  },
  T0111: { title: 'here stands a resource of the board', why: 'it is written `board.NAME` or `pin("NAME")`' },
  T0112: {
    title: 'the result of a function stands after `:`',
    why: 'types always stand after a colon',
    fix: 'write `:` instead of `->`',
  },
  T0113: { title: 'this `}` closes nothing', why: 'every block before it is closed already', fix: 'remove it' },
  T0114: {
    title: 'a file begins with `behaviour NAME`',
    why: 'the name is how the board, its logs and other behaviours know it',
    fix: 'add `behaviour NAME` as the first line',
  },
  T0115: {
    title: 'there is no `{operator}`',
    why: 'an assignment is a statement of its own',
    fix: 'write `{name} {half}= 1`',
  },
  T0116: { title: '`=` assigns', why: 'a condition compares', fix: 'write `==`' },
  T0117: {
    title: 'a trail on an event begins with `on`',
    why: 'without it this is an expression',
    fix: 'write `on {event} { … }`',
  },
  T0118: {
    title: '`{word}` can not be a name',
    why: 'a name has letters, digits and `_`, and no digit in front',
    fix: 'choose another name, like `{instead}`',
  },
  T0119: {
    title: 'there is no word `{word}`',
    why: 'only a word of the language can stand here, and those are written in small letters',
    fix: 'write `{right}`',
  },
  T0190: {
    title: '`{word}` is not there yet',
    why: 'it is part of the language, but this version does not compile it',
  },

  T0201: { title: 'board {board} has no `{name}`', why: 'resources are named as the board file names them' },
  T0202: {
    title: '`{name}` of board {board} is {article} {found}, not {wanted}',
    why: '{kind} needs a resource of the type {type}',
  },
  T0203: {
    title: 'there is no `{name}`',
    why:
      'a name is declared before it is used: with `use`, `const`, `var`, `param`, `publish`, `subscribe`, ' +
      '`fn`, `let` or `for`',
  },
  T0204: { title: '`{name}` is declared twice', why: 'one name means one thing' },
  T0205: {
    title: '`{name}` is already an output of this behaviour',
    why: 'two handles on one output would work against each other',
    fix: 'use the handle `{other}`',
  },
  T0206: { title: 'there is no kind `{kind}`', why: 'the kinds are {kinds}' },
  T0207: { title: '`{handle}` has no `{method}`', why: '{kind} offers {methods}' },
  T0208: { title: '`{handle}` has no event `{event}`', why: '{kind} offers {events}' },
  T0209: { title: '`{handle}` has no event', why: 'only {kinds} have events' },
  T0210: { title: '`{word}` is no option here', why: 'possible: {options}' },
  T0211: {
    title: '`safe` is missing',
    why: '{kind} drives power: the board sets this value when the behaviour faults or stops',
  },
  T0212: { title: '`{word}` is missing', why: '{kind} needs it' },
  T0213: {
    title: 'topic "{topic}" was declared with another message',
    why: 'all that publish or subscribe one topic agree on its fields: "{schema}"',
  },
  T0214: { title: 'there is no message `{name}`', why: 'a topic carries a message that is declared with `message`' },
  T0215: { title: 'there is no type `{name}`', why: 'types are {types}' },
  T0216: { title: 'there is no unit `{name}`', why: 'units are {units}' },
  T0217: { title: 'message `{message}` has no field `{field}`', why: 'its fields are {fields}' },
  T0218: { title: 'field `{field}` is missing', why: 'a message is sent with all its fields' },
  T0219: {
    title: '`{name}` is {article} {found} and can not be used as a value',
    why: 'a value is a number, a bool, a variable, a call that returns something',
  },
  T0220: {
    title: '`{name}` can not be called',
    why: 'calls are methods of handles, functions, casts, now() and save()',
  },
  T0221: {
    title: '`{name}` is a {found}: it can not be assigned',
    why: 'only variables change; an operator changes a parameter',
  },
  T0222: {
    title: 'the fields of `{handle}` exist only in `on {handle} { … }`',
    why: 'a message is read while it is handled',
    fix: 'keep what is needed in a variable',
  },
  T0223: {
    title: 'the state of `{name}` and `{other}` would have the same hash',
    why: 'a swap and `retain` recognise a variable by 32 bits of a hash of its name, type and unit',
    fix: 'rename one of them',
  },
  T0224: {
    title: '`{name}` is declared but the address {address} of `{bus}` is already used by `{other}`',
    why: 'one device has one handle',
    fix: 'use `{other}`',
  },
  T0225: { title: '`{option}` is {value}, allowed is {range}', why: '{doc}' },
  T0226: { title: 'a message needs at least one field', why: 'a topic without fields carries nothing' },
  T0227: { title: 'the topic is empty', why: 'a topic is known by its text' },
  T0228: {
    title: 'board `{board}` has no host call `{call}`',
    why: 'its firmware is built without the calls of the group {group}',
    fix: 'do without it, or build for a board whose file names the group in `calls`',
  },
  T0229: {
    title: '`{handle}.{argument}` exists only in {events}',
    why: 'an event says it while it is handled',
    fix: 'keep what is needed in a variable',
  },
  T0230: {
    title: 'a topic can not hold `{found}`',
    why: 'it is made of letters, digits, `_`, `-`, `.` and `/`, so that it stays one name wherever it goes',
    fix: 'write a path: `"robot/pose"`',
  },

  T0301: {
    title: '{left} and {right} do not go together',
    why: '`{operator}` needs two values of the same type: there are no implicit conversions',
  },
  T0302: {
    title: '{left} and {right} measure different things',
    why: '`{operator}` needs two values of the same unit',
  },
  T0303: { title: 'expected {wanted}, found {found}', why: 'there are no implicit conversions' },
  T0304: { title: '{value} is outside {type}', why: '{type} holds {low} to {high}' },
  T0305: { title: '{value} is not a whole number', why: '{type} holds whole numbers only' },
  T0306: { title: '`{operator}` does not take {type}', why: '{needs}' },
  T0307: { title: 'the value is not known before the program runs', why: '{what} needs a constant' },
  T0308: { title: 'division by zero', why: 'the divisor is the constant 0' },
  T0309: { title: 'this {what} can fail', why: '{reason}' },
  T0310: {
    title: '`else` without anything that can fail',
    why: 'this expression always has a value',
    fix: 'remove the `else`',
  },
  T0311: {
    title: 'something that can fail stands alone on the right side',
    why: 'its `else` must be clear',
    fix: 'write `let x = … else { … }` first',
  },
  T0312: { title: '`{name}` takes {wanted}, found {found}', why: 'arguments are {list}' },
  T0313: { title: '`{name}` has no argument `{argument}`', why: 'arguments are {list}' },
  T0314: { title: '`{name}` returns nothing', why: 'it can only stand on its own' },
  T0315: { title: 'the value is not used', why: 'an expression on its own does nothing' },
  T0316: {
    title: 'this `else` must give a value or leave the block',
    why: 'otherwise `{name}` would have no value',
    fix: 'end it with `continue` or `return`, or write `else value`',
  },
  T0317: { title: 'a number is missing its unit', why: '{wanted} is needed', fix: 'write `{value}{unit}`' },
  T0318: { title: 'the range never runs', why: 'the step leads away from the last value', fix: 'write `step {step}`' },
  T0319: { title: 'the step is 0', why: 'the loop would never end' },
  T0320: {
    title: 'the text has {holes} `{}` but there are {args} values',
    why: 'each `{}` stands for one value',
    fix: 'put one `{}` into the text for each value',
  },
  T0321: { title: '{type} can not be in {where}', why: '{why}' },
  T0322: { title: 'the first value is outside the range', why: '{value} is not in {low} ..= {high}' },
  T0323: { title: 'a condition is a bool', why: 'found {found}', fix: 'compare: `… != 0`' },
  T0324: { title: '`{value}` is matched twice', why: 'an arm that is never chosen is a mistake' },
  T0325: { title: '`match` does not cover every value', why: '{missing}', fix: 'add `_ => { }`' },
  T0326: { title: 'arms after `_` are never chosen', why: '`_` takes every value', fix: 'put `_` last' },
  T0327: { title: '`{name}` must return {type}', why: 'one of its paths ends without `return`' },
  T0328: { title: '`{name}` returns nothing', why: 'no result is declared', fix: 'declare it: `fn {name}(…): {type}`' },
  T0329: {
    title: 'a period is at least {least}us',
    why: 'found {value}us; a shorter one leaves {board} no time for anything else',
    fix: 'write `{least}us` or more',
  },
  T0330: { title: '{from} can not become {to}', why: '{why}' },
  T0331: { title: 'a text is not a value', why: 'texts stand only in `log`, topics and pin names' },
  T0332: { title: 'a message is not a value', why: 'it stands only in `send({ … })`' },
  T0333: { title: '`{argument}` is given twice', why: 'possible: {list}, each once' },
  T0334: { title: 'a sleep is at least 1us', why: 'found {value}: the trail would go on at once, for ever' },

  T0401: {
    title: '`{word}` stands in a `loop` only',
    why: 'the bodies of `every`, `on` and functions run to their end',
    fix: '{fix}',
  },
  T0402: {
    title: 'this loop may run forever without waiting',
    why: 'on the marked way through its body nothing waits, so the board would never come to anything else',
    fix: 'add `await` or `sleep` on that way',
  },
  T0403: {
    title: '`continue` outside of a loop or trail',
    why: 'it goes on with the next round of a `for`, tick or `loop`',
  },
  T0404: {
    title: '`return` outside of a function',
    why: 'only functions return',
    fix: 'write `continue` to end the tick',
  },
  T0405: {
    title: '`loop` is not there yet inside another block',
    why: 'this version compiles `loop` at the top level only',
  },
  T0406: {
    title: 'function `{name}` calls itself',
    why: 'without recursion the stack is known before the program runs: {path}',
  },
  T0407: {
    title: 'start-up code stands before the trails',
    why: 'a file is declarations, then start-up code, then trails',
    fix: 'move it before the first `every`, `on` or `loop`',
  },
  T0408: {
    title: 'declarations stand before start-up code and trails',
    why: 'a file is declarations, then start-up code, then trails',
    fix: 'move it up',
  },
  T0409: { title: 'this is never reached', why: 'the statement before it leaves the block' },

  T0501: { title: '{count} {what} are too many', why: 'the limit is {limit}' },
  T0502: { title: 'this {what} has {size} bytes', why: 'the limit is {limit}', fix: 'shorten it' },
  T0503: { title: 'the trail waits at {count} places', why: 'the limit is {limit}', fix: 'split it into two trails' },
  T0505: {
    title: 'the {what} would have {size} bytes',
    why: 'the limit is {limit}',
    fix: 'split the behaviour into two that talk over a topic',
  },
  T0504: { title: 'the counter takes {count} values', why: 'the limit is {limit}' },
  T0506: {
    title: 'the reaction `{entry}` may take {count} instructions',
    why: 'the limit is {limit}',
    fix: 'count fewer rounds, or wait between them in a `loop`',
  },
  T0507: {
    title: 'the expressions of this behaviour nest too deep, with the functions that they call',
    why: 'the compiler stops there',
    fix: 'split the long ones, or keep parts in variables',
  },
  T0508: { title: '{count} more mistakes are not shown', why: 'the first ones often cause the others' },
  T0509: {
    title: 'the source has {size} characters',
    why: 'the limit is {limit}; no source of that length gives a module that fits a board',
    fix: 'split the behaviour into several that talk over topics',
  },
} as const satisfies Readonly<Record<string, Row>>;

export type Code = keyof typeof rows;
