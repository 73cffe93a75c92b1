import type { KindEvent } from '../../../hal/contract/index.js';
import type { Board } from '../board.js';
import type { Bag } from '../diagnostics.js';
import type { Name } from '../parse/ast.js';
import { foreignName } from './foreign.js';
import type { Fn, Handle, HandleEvent, Program, Source, Statement, Timer, Trail, Variable } from './program.js';
import { Scope } from './scope.js';
import type { Entry, Meaning } from './scope.js';
import type { Type } from './types.js';

/** A source before it has its number; a distributive Omit. */
type Unnumbered = Source extends infer S ? (S extends Source ? Omit<S, 'number'> : never) : never;

/** Where the statement being checked stands. */
export interface Place {
  readonly kind: 'startup' | 'tick' | 'loop' | 'fn';
  /** In `on` of an event of a handle: what it says, such as the fields of a message, can be read. */
  readonly event?: HandleEvent;
  /** The function whose body is being checked; absent outside of functions. */
  readonly fn?: Fn;
  /** In a loop: the timer of its sleeps, made by the first. */
  timer?: Timer;
  /** Open `for` blocks. */
  fors: number;
}

/** What one run of the checker knows: names, the program as far as it is built, and the place it looks at. */
export class Context {
  readonly scope = new Scope();
  readonly handles: Handle[] = [];
  /** The first handle of each topic. */
  readonly topics = new Map<string, Handle>();
  readonly globals: Variable[] = [];
  readonly functions: Fn[] = [];
  readonly startup: Statement[] = [];
  readonly trails: Trail[] = [];
  readonly sources: Source[] = [];
  readonly timers: Timer[] = [];
  readonly logs: string[] = [];
  /** Functions called by each function, with the place of the call. */
  readonly calls = new Map<Fn, { fn: Fn; span: Name['span'] }[]>();
  place: Place = { kind: 'startup', fors: 0 };
  private locals = 0;
  private readonly sourcesOf = new Map<Handle, Map<KindEvent, Source>>();

  constructor(
    readonly bag: Bag,
    readonly board: Board,
  ) {}

  /** Makes `name` mean something from here on; an empty name was reported before. */
  declare(name: Name, meaning: Meaning): void {
    if (name.text === '') return;
    const other = this.scope.find(name.text);
    if (other)
      this.bag.report(
        'T0204',
        name.span,
        { name: name.text },
        { notes: [{ span: other.span, text: 'first declared here' }], fix: 'rename one of them' },
      );
    else this.scope.add(name.text, { meaning, span: name.span });
  }

  /** What `name` means; reports an unknown one. */
  resolve(name: Name): Entry | undefined {
    if (name.text === '') return undefined;
    const entry = this.scope.find(name.text);
    if (!entry) {
      const near = this.bag.nearest(
        name.text,
        [...this.scope.visible()].map(([text]) => text),
      );
      const foreign = foreignName(name.text);
      const extra =
        foreign !== undefined
          ? { fix: foreign }
          : near === undefined
            ? {}
            : { fix: `did you mean \`${near}\`?`, edit: { span: name.span, text: near } };
      this.bag.report('T0203', name.span, { name: name.text }, extra);
    }
    return entry?.meaning.kind === 'broken' ? undefined : entry;
  }

  /** A new variable of a block or function. */
  local(name: Name, type: Type, mutable: boolean): Variable {
    return {
      kind: 'local',
      name: name.text,
      type,
      mutable,
      retain: false,
      param: false,
      index: this.locals++,
      span: name.span,
    };
  }

  /** The source for an event; equal events share one, except `every`, where each is a trail of its own. */
  source(wanted: Unnumbered): Source {
    if (wanted.kind === 'every') return this.newSource(wanted);
    const known = this.sourcesOf.get(wanted.handle) ?? new Map<KindEvent, Source>();
    const found = known.get(wanted.event) ?? this.newSource(wanted);
    this.sourcesOf.set(wanted.handle, known.set(wanted.event, found));
    return found;
  }

  private newSource(wanted: Unnumbered): Source {
    const source: Source = { ...wanted, number: this.sources.length + 1 };
    this.sources.push(source);
    return source;
  }

  timer(name?: string): Timer {
    const timer = { id: this.timers.length, ...(name !== undefined && { name }) };
    this.timers.push(timer);
    return timer;
  }

  /** Runs `body` at another place, in a block of its own. */
  at<T>(place: Place, body: () => T): T {
    const outer = this.place;
    this.place = place;
    const result = this.scope.nested(body);
    this.place = outer;
    return result;
  }

  /** True if the board has a resource of that name and type; reports otherwise. `kind` says who needs it. */
  resource(name: Name, wanted: string, kind: string): boolean {
    const { resources } = this.board;
    const found = Object.hasOwn(resources, name.text) ? resources[name.text] : undefined;
    const fitting = Object.keys(resources).filter((each) => resources[each]?.type === wanted);
    if (!found) {
      const near = this.bag.nearest(name.text, Object.keys(resources));
      const quoted = this.quoted(name) && near !== undefined ? `"${near}"` : near;
      const extra =
        near === undefined
          ? { fix: `it has ${fitting.join(', ') || `no ${wanted}`}` }
          : { fix: `did you mean \`${near}\`?`, edit: { span: name.span, text: quoted ?? near } };
      this.bag.report('T0201', name.span, { board: this.board.name, name: name.text }, extra);
    } else if (found.type !== wanted) {
      const article = (text: string): string => (/^[aeiu]/.test(text) && text !== 'uart' ? 'an' : 'a');
      const values = {
        name: name.text,
        board: this.board.name,
        article: article(found.type),
        found: found.type,
        wanted: `${article(wanted)} ${wanted}`,
        type: wanted,
        kind,
      };
      this.bag.report('T0202', name.span, values, {
        fix: fitting.length > 0 ? `use one of ${fitting.join(', ')}` : `this board has no ${wanted}`,
      });
    }
    return found?.type === wanted;
  }

  /** Written as a text, with quotes. */
  private quoted(name: Name): boolean {
    return name.span.end - name.span.start !== name.text.length;
  }

  program(name: string): Program {
    const { handles, globals, functions, startup, trails, sources, timers, logs } = this;
    return { name, handles, globals, functions, startup, trails, sources, timers, logs };
  }
}
