/** The library: what programs, tests and examples import as `tars-sdk`. Pure functions on text and bytes. */
export {
  check,
  compile,
  parse,
  type Board,
  type Compiled,
  type CompileOptions,
  type Diagnostic,
  type Note,
  type Resource,
  type Span,
} from './compiler/index.js';
export { renderJson, renderText, type JsonDiagnostic, type Paint, type Role } from './compiler/render.js';
export { Model, modelRig, type LogLine, type Rig, type TopicMessage } from './model/index.js';
export {
  disassemble,
  ImageError,
  inspect,
  manifestBytes,
  verify,
  withManifest,
  type Finding,
  type Inspection,
  type Manifest,
} from './image/index.js';
export * from './wire/index.js';
