/**
 * What the model uses of the JavaScript interface of WebAssembly; TypeScript has its types only among those of the
 * browser.
 */
declare namespace WebAssembly {
  interface ImportEntry {
    readonly module: string;
    readonly name: string;
    readonly kind: string;
  }
  interface ExportEntry {
    readonly name: string;
    readonly kind: string;
  }
  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): ImportEntry[];
    static exports(module: Module): ExportEntry[];
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
  class Global {
    value: number | bigint;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
  }
  class RuntimeError extends Error {}
}
