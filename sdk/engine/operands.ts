/**
 * The operand stack as the loader of WAMR's fast interpreter keeps it: a type and a place for each cell. The place is
 * a local variable's, a constant's (negative), or one of the frame's cells behind the locals.
 */
import { ImageError } from '../image/decode.js';
import type { ValueType } from '../image/opcodes.js';
import type { Arena, Piece } from './arena.js';
import { cellsOf } from '../image/operations.js';

export type Type = ValueType | 'any';

/** What of a block the stack needs to know. */
export interface Base {
  /** Cells on the stack where it began. */
  readonly cells: number;
  /** What follows can't be reached, so that any operand can be taken from an empty stack. */
  unreachable: boolean;
}

/** Cells that the two lists have room for at first, and by how much they grow. */
const TYPES = { first: 32, more: 16 } as const;
const PLACES = { first: 32, more: 8 } as const;

export class Operands {
  readonly types: Type[] = [];
  readonly places: number[] = [];
  next: number;
  highest: number;
  /** Room of the lists in cells, and their memory. */
  private room = { types: TYPES.first as number, places: PLACES.first as number };
  private memory: { types: Piece; places: Piece } | undefined;

  constructor(
    private readonly arena: Arena,
    /** The first cell behind the local variables. */
    readonly start: number,
    /** Says that the code has another operand. */
    private readonly emit: () => void,
  ) {
    this.next = start;
    this.highest = start;
  }

  allocTypes = (): Piece => this.arena.alloc(TYPES.first);
  allocPlaces = (): Piece => this.arena.alloc(2 * PLACES.first);

  own(types: Piece, places: Piece): void {
    this.memory = { types, places };
  }

  free(): void {
    if (!this.memory) return;
    this.arena.free(this.memory.types);
    this.arena.free(this.memory.places);
  }

  /** For the second walk over the code. */
  restart(): void {
    this.types.length = 0;
    this.places.length = 0;
    this.next = this.start;
  }

  /** Goes back to where a block began. */
  cut(cells: number): void {
    this.types.length = cells;
    if (this.places.length < cells) throw new ImageError('operands missing', 0);
    this.places.length = cells;
  }

  pushType(type: Type): void {
    const cells = cellsOf(type);
    if (this.types.length + cells > this.room.types) {
      this.room.types += TYPES.more;
      if (this.memory) this.memory.types = this.arena.replace(this.memory.types, this.room.types);
    }
    for (let i = 0; i < cells; i++) this.types.push(type);
  }

  /** Without a place, the next free cell is taken and named in the code. */
  pushPlace(type: Type, place?: number): void {
    if (place === undefined) this.emit();
    for (let i = 0; i < cellsOf(type); i++) {
      this.growPlaces();
      this.places.push(place ?? this.next);
      if (place === undefined) this.next++;
    }
    this.highest = Math.max(this.highest, this.next);
  }

  private growPlaces(): void {
    if (this.places.length < this.room.places) return;
    this.room.places += PLACES.more;
    if (this.memory) this.memory.places = this.arena.replace(this.memory.places, 2 * this.room.places);
  }

  popPlace(type: Type, base: Base): void {
    const available = this.types.length - base.cells;
    if (available <= 0 && base.unreachable) return;
    const cells = available > 0 && this.types.at(-1) === 'any' ? 1 : cellsOf(type);
    if (this.places.length < cells) throw new ImageError('operands missing', 0);
    const at = this.places.length - cells;
    const place = this.places[at] as number;
    this.places.length = at;
    this.release(place, cells);
    this.emit();
  }

  /** Gives a cell back; the first one is never given back, because the engine compares so. */
  release(place: number, cells: number): void {
    if (this.next >= cells && place > this.start && place < this.highest) this.next -= cells;
  }

  popType(type: Type, base: Base): void {
    const available = this.types.length - base.cells;
    if (available <= 0 && base.unreachable) return;
    const cells = this.types.at(-1) === 'any' ? 1 : cellsOf(type);
    if (available < cells) throw new ImageError('operands missing', 0);
    this.types.length -= cells;
  }

  push(type: Type, place?: number): void {
    this.pushPlace(type, place);
    this.pushType(type);
  }

  pop(type: Type, base: Base): void {
    this.popPlace(type, base);
    this.popType(type, base);
  }
}
