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
  /** `undefined` where there is no room for the memory: V8 wants gigabytes of addresses for each. */
  instantiate(): Readonly<Record<string, unknown>> | undefined;
}

/** Compiles a module. `undefined` where there is no WebAssembly: Node with `--jitless`. */
export const compileWasm = (bytes: Uint8Array): CompiledWasm | undefined => {
  if (typeof WebAssembly === 'undefined') return undefined;
  const { Instance, Module } = WebAssembly;
  const module = new Module(bytes);
  return {
    instantiate() {
      try {
        return new Instance(module).exports;
      } catch (error) {
        if (error instanceof RangeError) return undefined;
        throw error;
      }
    },
  };
};
