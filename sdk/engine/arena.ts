/**
 * The arena of firmware/core/arena.c: blocks without gaps, the first free one that is large enough, neighbours joined.
 * Here it has no end, and `high` is how far it was ever filled: an arena of that size is the smallest that would do,
 * because the first fit chooses the same places in any that is large enough.
 */

/** Alignment of every piece, and bytes of the header before it. */
const UNIT = 8;

interface Block {
  /** With its header. */
  size: number;
  used: boolean;
  readonly at: number;
  before: Block | undefined;
  after: Block | undefined;
}

/** A piece of the arena. */
export type Piece = Block;

export class Arena {
  /** Bytes from the beginning that were ever in use, with headers. */
  high = 0;
  private readonly first: Block = { size: Infinity, used: false, at: 0, before: undefined, after: undefined };

  /** Bytes in pieces and in the headers of all blocks, as a board counts what is not free. */
  get used(): number {
    let bytes = 0;
    for (let block: Block | undefined = this.first; block; block = block.after) bytes += block.used ? block.size : UNIT;
    return bytes;
  }

  alloc(bytes: number): Piece {
    const need = Math.ceil(bytes / UNIT) * UNIT + UNIT;
    let block = this.first;
    while (block.used || block.size < need) block = block.after as Block;
    if (block.size - need >= UNIT) {
      const rest = { size: block.size - need, used: false, at: block.at + need, before: block, after: block.after };
      if (block.after) block.after.before = rest;
      block.after = rest;
      block.size = need;
    }
    block.used = true;
    this.high = Math.max(this.high, block.at + block.size);
    return block;
  }

  free(piece: Piece): void {
    piece.used = false;
    join(piece);
    if (piece.before) join(piece.before);
  }

  /** A larger piece in the place of a smaller one: both exist for a moment. */
  replace(piece: Piece, bytes: number): Piece {
    const larger = this.alloc(bytes);
    this.free(piece);
    return larger;
  }
}

/** Takes and gives nothing: for who wants to know of frames alone. */
export class NoArena extends Arena {
  private readonly piece: Piece = { size: 0, used: true, at: 0, before: undefined, after: undefined };

  override alloc(): Piece {
    return this.piece;
  }

  override free(): void {}
}

/** Joins a free block with the one that follows it, if that is free too. */
function join(block: Block): void {
  const { after } = block;
  if (block.used || !after || after.used) return;
  block.size += after.size;
  block.after = after.after;
  if (after.after) after.after.before = block;
}
