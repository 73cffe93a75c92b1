/** `board_<board>.h/.c` from boards/<board>.json: resources as a table, budgets and flash geometry as macros. */
import { type GroupName, groups, limits } from '../contract/index.js';
import { banner, literal, snake, upper } from './text.js';

/** The part of a board file that the firmware needs. */
export interface FirmwareBoard {
  readonly name: string;
  readonly class: string;
  readonly port: string;
  readonly pointer?: number;
  /** Groups of host calls that it has. */
  readonly calls: readonly GroupName[];
  readonly resources: Readonly<Record<string, { readonly type: string; readonly maxKHz?: number }>>;
  readonly budgets: {
    readonly slots: number;
    readonly arena: number;
    readonly pool: number;
    readonly stack: number;
    readonly reactionUs: number;
    readonly logLines: number;
  };
  readonly floors: { readonly periodUs: number; readonly restartMs: number };
  readonly speed: { readonly instructionNs: number; readonly callNs: number; readonly eventNs: number };
  readonly flash: { readonly size: number; readonly erase: number; readonly program: number; readonly read: number };
}

/** First line of every file that is made from a board file. */
export const boardBanner = (board: FirmwareBoard): string =>
  banner().replace('hal/contract; change the contract', `boards/${board.name}.json; change that`);

/** Name of the board as part of a file name and of an identifier. */
export const boardId = (board: FirmwareBoard): string => snake(board.name.replaceAll('-', '_'));

/** The text of `board_<board>.h`: the macros. */
export function boardHeader(board: FirmwareBoard): string {
  const { budgets, flash, floors, speed } = board;
  const rows: readonly (readonly [string, number, string])[] = [
    ...Object.keys(groups).map(
      (group) =>
        [
          `CALLS_${upper(group)}`,
          Number(board.calls.some((had) => had === group)),
          `host calls of the group ${group} are built in`,
        ] as const,
    ),
    ['SLOTS', budgets.slots, 'behaviours that fit, two of them for a swap'],
    ['ARENA', budgets.arena, "bytes of one behaviour's arena"],
    ['POOL', budgets.pool, "bytes of the engine's own pool"],
    ['STACK', budgets.stack, 'bytes of the shared execution stack'],
    ['POINTER', board.pointer ?? 8, 'bytes of an address, as the host computes with them'],
    ['REACTION_US', budgets.reactionUs, 'budget of one reaction, microseconds of processor time'],
    ['LOG_LINES', budgets.logLines, 'lines of the log ring'],
    ['PERIOD_US', floors.periodUs, 'shortest period and deadline that a behaviour may ask for, microseconds'],
    ['RESTART_MS', floors.restartMs, 'shortest delay of a restart that a behaviour may ask for, milliseconds'],
    ['INSTRUCTION_NS', speed.instructionNs, 'longest time of an instruction of a behaviour, nanoseconds'],
    ['CALL_NS', speed.callNs, 'longest time of a host call without that of a bus, nanoseconds'],
    ['EVENT_NS', speed.eventNs, 'longest time from an event to the behaviour and back, nanoseconds'],
    ['TRACE', Number(board.port === 'posix'), 'reactions and host calls can be traced: there is a file to write to'],
    ['FLASH_SIZE', flash.size, 'bytes of the store'],
    ['FLASH_ERASE', flash.erase, 'bytes of an erase block'],
    ['FLASH_PROGRAM', flash.program, 'bytes of the smallest program'],
    ['FLASH_READ', flash.read, 'bytes of the smallest read'],
    ['RESOURCES', Object.keys(board.resources).length, 'rows of tars_board_resources'],
  ];
  const guard = `BOARD_${upper(boardId(board))}_H`;
  return `${boardBanner(board)}/* The build includes this file as "board.h". */
#ifndef ${guard}
#define ${guard}

${rows.map(([name, value, doc]) => `#define TARS_BOARD_${name} ${value} /* ${doc} */\n`).join('')}
#endif
`;
}

/** The tables. Buses without a clock of their own get 0. */
export function boardSource(board: FirmwareBoard): string {
  const resources = Object.entries(board.resources).map(([name, resource]) => {
    if (new TextEncoder().encode(name).length > limits.name.value)
      throw new Error(`${board.name}: resource name ${name} is too long`);
    if (!board.calls.some((group) => group === resource.type))
      throw new Error(`${board.name}: ${name} is of no use without the host calls of the group ${resource.type}`);
    return `  {${literal(name)}, TARS_RESOURCE_${upper(resource.type)}, ${resource.maxKHz ?? 0}},\n`;
  });
  return `${boardBanner(board)}#include "tars_board.h"

const char tars_board_name[] = ${literal(board.name)};
const char tars_board_class[] = ${literal(board.class)};
const tars_resource tars_board_resources[] = {
${resources.join('')}};
const uint16_t tars_board_resource_count = ${resources.length};
`;
}
