/** Words of other languages, with what `.tars` says instead. */
const types: Readonly<Record<string, string>> = {
  int: 'i32',
  uint: 'u32',
  long: 'i64',
  short: 'i16',
  byte: 'u8',
  char: 'u8',
  float: 'f32',
  double: 'f32',
  number: 'f32',
  boolean: 'bool',
  Duration: 'duration',
  int8_t: 'i8',
  uint8_t: 'u8',
  int16_t: 'i16',
  uint16_t: 'u16',
  int32_t: 'i32',
  uint32_t: 'u32',
  int64_t: 'i64',
};

const names: Readonly<Record<string, string>> = {
  delay: 'wait with `sleep 100ms` in a `loop`',
  wait: 'wait with `sleep 100ms` in a `loop`',
  millis: 'write `now()`, a duration',
  micros: 'write `now()`, a duration',
  print: 'write `log "value {}", value`',
  printf: 'write `log "value {}", value`',
  println: 'write `log "value {}", value`',
  console: 'write `log "value {}", value`',
  digitalWrite: 'declare the pin with `use` and call its `set`',
  digitalRead: 'declare the pin with `use` and call its `read`',
  analogRead: 'declare the input with `use x: adc = …` and call its `read`',
  analogWrite: 'declare the output with `use x: pwm.duty = …` and call its `set`',
  and: 'write `&&`',
  or: 'write `||`',
  not: 'write `!`',
  True: 'write `true`',
  False: 'write `false`',
  null: 'there is no such value',
  None: 'there is no such value',
};

const own = (table: Readonly<Record<string, string>>, word: string): string | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

/** The type that another language calls so. */
export const foreignType = (word: string): string | undefined => own(types, word);

/** What to write instead of a name of another language. */
export const foreignName = (word: string): string | undefined => own(names, word);
