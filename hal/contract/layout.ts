/** Bytes of an address on a board. */
export type Pointer = 4 | 8;

/**
 * Sizes of what a board allocates for a module, bytes, on boards with pointers of 4 and of 8 bytes: the host computes
 * from them what a module will need. firmware/gen/tars_layout.h has them for the firmware, which refuses to be compiled
 * where a structure is larger; those that are private to the engine's loader are held by the comparison of what was
 * computed with what boards took (hil-tests/engine).
 */
export interface Layout {
  readonly pointer: Pointer;
  /** Compiled code: the label of an instruction, and a single byte of its operands. */
  readonly label: number;
  readonly byte: number;
  /** Before the cells of a frame on the execution stack. */
  readonly frame: number;
  readonly module: number;
  readonly section: number;
  readonly import: number;
  readonly function: number;
  readonly table: number;
  readonly memory: number;
  readonly global: number;
  readonly export: number;
  readonly elements: number;
  readonly data: number;
  /** Of an instance: its head and its end, and its rows. */
  readonly instance: number;
  readonly instanceEnd: number;
  readonly instanceFunction: number;
  readonly instanceGlobal: number;
  readonly instanceMemory: number;
  readonly instanceExport: number;
  readonly instanceTable: number;
  readonly bitmap: number;
  /** Private to the loader: its context, an open block, a branch that waits for its target. */
  readonly context: number;
  readonly block: number;
  readonly patch: number;
  /** Rows of a decoded manifest. */
  readonly use: number;
  readonly text: number;
}

export const layouts: Readonly<Record<Pointer, Layout>> = {
  4: {
    pointer: 4,
    label: 4,
    byte: 2,
    frame: 20,
    module: 200,
    section: 16,
    import: 40,
    function: 56,
    table: 12,
    memory: 16,
    global: 32,
    export: 12,
    elements: 48,
    data: 48,
    instance: 272,
    instanceEnd: 40,
    instanceFunction: 32,
    instanceGlobal: 24,
    instanceMemory: 56,
    instanceExport: 8,
    instanceTable: 24,
    bitmap: 8,
    context: 124,
    block: 48,
    patch: 12,
    use: 64,
    text: 8,
  },
  8: {
    pointer: 8,
    label: 8,
    byte: 1,
    frame: 40,
    module: 272,
    section: 32,
    import: 64,
    function: 96,
    table: 12,
    memory: 16,
    global: 32,
    export: 16,
    elements: 56,
    data: 56,
    instance: 344,
    instanceEnd: 72,
    instanceFunction: 48,
    instanceGlobal: 24,
    instanceMemory: 80,
    instanceExport: 16,
    instanceTable: 24,
    bitmap: 16,
    context: 192,
    block: 88,
    patch: 24,
    use: 80,
    text: 16,
  },
};

/**
 * The same on every board: an open block of the check of code, head of a function type, first value of a variable or
 * place in a table, our own rows.
 */
export const commonLayout = {
  level: 4,
  typeHead: 10,
  initial: 24,
  source: 24,
  state: 12,
  handle: 32,
  due: 10,
  generation: 2,
  retained: 16,
} as const;
