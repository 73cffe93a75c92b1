/** The library: what programs, tests and examples import as `tars-sdk`. */
export * from './wire/index.js';
