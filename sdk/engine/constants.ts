/** The constants of one function: the engine keeps each value once, in the frame, and finds it by its bits. */
import type { Arena, Piece } from './arena.js';

/** Values that a list has room for at first; it doubles. */
const ROOM = 8;
/** So long a list is looked through for a value before it is added. */
const SHORT = 10;
/** Most cells that a place in the frame can name. */
const CELLS = 0x7fff;

interface List {
  readonly width: 4 | 8;
  readonly values: bigint[];
  room: number;
  memory: Piece;
}

export class Constants {
  private readonly wide: List;
  private readonly narrow: List;
  /** Vectors, which this engine is built without; their list is made all the same. */
  private readonly vectors: Piece;

  constructor(private readonly arena: Arena) {
    this.wide = { width: 8, values: [], room: ROOM, memory: arena.alloc(8 * ROOM) };
    this.narrow = { width: 4, values: [], room: ROOM, memory: arena.alloc(4 * ROOM) };
    this.vectors = arena.alloc(16 * ROOM);
  }

  get cells(): number {
    return 2 * this.wide.values.length + this.narrow.values.length;
  }

  /** False if there are so many that this one stays in the code. */
  add(cells: number, bits: bigint): boolean {
    if (this.cells > CELLS - cells) return false;
    const list = cells === 2 ? this.wide : this.narrow;
    if (list.values.length < SHORT && list.values.includes(bits)) return true;
    if (list.values.length >= list.room) {
      list.room *= 2;
      list.memory = this.arena.replace(list.memory, list.width * list.room);
    }
    list.values.push(bits);
    return true;
  }

  /** Leaves each value once. */
  shrink(): void {
    for (const list of [this.wide, this.narrow]) {
      const distinct = [...new Set(list.values)];
      if (distinct.length < list.values.length)
        list.memory = this.arena.replace(list.memory, list.width * distinct.length);
      list.values.splice(0, Infinity, ...distinct);
    }
  }

  free(): void {
    for (const piece of [this.wide.memory, this.narrow.memory, this.vectors]) this.arena.free(piece);
  }
}
