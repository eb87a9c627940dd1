/** The part of the WebAssembly API that is used here; the types of Node do not have it. */
declare const WebAssembly:
  | {
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
    }
  | undefined;

/** A 32-bit global. */
export interface WasmGlobal {
  value: number;
}

/** A module that is compiled; each instance has a memory of its own. */
export interface CompiledWasm {
  instantiate(): Readonly<Record<string, unknown>>;
}

/** Compiles a module. `undefined` where there is no WebAssembly: Node with `--jitless`. */
export const compileWasm = (bytes: Uint8Array): CompiledWasm | undefined => {
  if (typeof WebAssembly === 'undefined') return undefined;
  const { Instance, Module } = WebAssembly;
  const module = new Module(bytes);
  return { instantiate: () => new Instance(module).exports };
};
