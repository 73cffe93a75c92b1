/** An app before it is compiled. */
import { relative } from 'node:path';

/** One behaviour before it is compiled. */
export interface BehaviourSource {
  /** Path as the user would write it, for messages. */
  readonly file: string;
  readonly source: string;
  /** Name and priority that tars.toml gives the behaviour. */
  readonly name?: string;
  readonly priority?: number;
  /** Delay of the first restart in milliseconds; faults until the behaviour is parked, 0 never. */
  readonly restart?: readonly [number, number];
  /** Share of the processor's time, permille. */
  readonly load?: number;
  /** Longest that an event of the behaviour may wait for its neighbours, microseconds. */
  readonly deadline?: number;
  /** Where tars.toml says these things, as `tars.toml:12`; of a key that is not found there it is the file alone. */
  readonly places?: Readonly<Record<string, string>>;
}

export interface AppSources {
  /** `module`: one behaviour; `app`: what tars.toml lists. */
  readonly kind: 'module' | 'app';
  readonly name: string;
  /** Board named in tars.toml. */
  readonly board?: string;
  /** Folder with tars.toml. */
  readonly project?: string;
  readonly behaviours: readonly BehaviourSource[];
  /** Every file that was read, for `run --watch`. */
  readonly files: readonly string[];
}

/** A path as the user would write it from here. */
export const shortPath = (path: string): string => {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('../..') ? path : short;
};
