/**
 * The live view on a terminal: pins, PWM, messages, parameters and the last log lines, drawn again in place. Drawing is
 * limited to ten times a second, whatever the board does; nothing but plain ANSI is used.
 */
import type { Terminal } from '../terminal/terminal.js';
import type { LiveEvent } from './events.js';
import stringWidth, { padTo } from '../terminal/width.js';

const DRAW_MS = 100;
const LOG_LINES = 8;

/** A pin, channel or topic with its last value. */
interface Cell {
  readonly text: string;
  readonly changes: number;
}

export class Screen {
  private readonly terminal: Terminal;
  private readonly title: string;
  private readonly groups: Readonly<Record<'pin' | 'pwm' | 'topic', Map<string, Cell>>> = {
    pin: new Map(),
    pwm: new Map(),
    topic: new Map(),
  };
  private readonly logs: string[] = [];
  private parameters: readonly string[] = [];
  private behaviours: readonly string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private help = '';

  constructor(terminal: Terminal, title: string) {
    this.terminal = terminal;
    this.title = title;
  }

  /** Shows an event. */
  event(event: LiveEvent): void {
    if (event.kind === 'log' || event.kind === 'status') return this.line(`${event.what}: ${event.text}`);
    const group = this.groups[event.kind];
    group.set(event.what, { text: event.text, changes: (group.get(event.what)?.changes ?? 0) + 1 });
    this.later();
  }

  /** The state of a pin or channel that hasn't changed yet. */
  start(kind: 'pin' | 'pwm', what: string, text: string): void {
    if (!this.groups[kind].has(what)) this.groups[kind].set(what, { text, changes: 0 });
    this.later();
  }

  /** A line in the log area. */
  line(text: string): void {
    this.logs.push(text);
    this.logs.splice(0, this.logs.length - LOG_LINES);
    this.later();
  }

  /** Lists that are read from the board now and then. */
  lists({ parameters, behaviours }: { parameters: readonly string[]; behaviours: readonly string[] }): void {
    this.parameters = parameters;
    this.behaviours = behaviours;
    this.later();
  }

  /** What the keys do. */
  keys(help: string): void {
    this.help = help;
    this.later();
  }

  /** Draws a last time and leaves the picture where it is. */
  end(): void {
    clearTimeout(this.timer);
    this.draw();
  }

  private later(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.draw();
    }, DRAW_MS);
  }

  private draw(): void {
    this.terminal.draw(this.compose());
  }

  private compose(): string[] {
    const { bold, dim, cyan } = this.terminal.color;
    const section = (name: string, lines: readonly string[]): string[] =>
      lines.length > 0 ? [dim(name), ...lines.map((line) => `  ${line}`)] : [];
    const cells = (group: Map<string, Cell>): string[] => {
      const width = Math.max(0, ...[...group.keys()].map((name) => stringWidth(name)));
      return [...group].map(
        ([name, { text, changes }]) => `${cyan(padTo(name, width))}  ${padTo(text, 24)} ${dim(`${changes} changes`)}`,
      );
    };
    return [
      bold(this.title),
      ...section('behaviours', this.behaviours),
      ...section('pins', cells(this.groups.pin)),
      ...section('PWM', cells(this.groups.pwm)),
      ...section('messages', cells(this.groups.topic)),
      ...section('parameters', this.parameters),
      ...section('log', this.logs),
      dim(this.help),
    ];
  }
}
