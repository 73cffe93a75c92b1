/** Lists that a board gives row by row: behaviours, parameters, topics. */
import type { link as rows, ResponseBody } from '../../sdk/wire/index.js';
import { BoardError } from '../transport/client.js';
import type { LinkClient } from '../transport/link.js';

type ListName = 'list' | 'param.list' | 'topic.list';
export type Row<N extends ListName> = ResponseBody<(typeof rows)[N]>;

/** Rows that an index of a request can name. */
const MOST_ROWS = 256;

/** All rows of a list. The board answers `unknown` past the end. */
export async function readRows<N extends ListName>(link: LinkClient, name: N): Promise<Row<N>[]> {
  const found: Row<N>[] = [];
  for (let index = 0; index < MOST_ROWS; index++) {
    try {
      found.push((await link.request(name as ListName, { index })) as Row<N>);
    } catch (error) {
      if (error instanceof BoardError && error.code === 'unknown') return found;
      throw error;
    }
  }
  return found;
}
