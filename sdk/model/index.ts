/** The model: see model.ts. */
export type { ModelBoard } from './board.js';
export type { Stats, Status } from './behaviour.js';
export { Fault, Refused, errorCode, errorName } from './fault.js';
export { type Guest, type HostCalls, loadModule, type Program } from './guest.js';
export { type Fields, type Manifest, readManifest, type Source, type StateSlot, type Use } from './manifest.js';
export { type Installable, type LogLine, Model, type TopicMessage } from './model.js';
export type { Operand } from './trace.js';
export {
  modelRig,
  type PinDrive,
  type PinReading,
  type PwmReading,
  refusalOf,
  type Rig,
  type RigStats,
  type RigStatus,
} from './rig.js';
export { Random } from './random.js';
export { generateStimuli } from './generate.js';
export { applyStimulus, play } from './play.js';
export type { Stimulus } from './stimulus.js';
