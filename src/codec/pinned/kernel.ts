import { END_OF_BLOCK, LENGTH_BASE, LENGTH_EXTRA, LENGTH_INDEX, MAX_LENGTH, MIN_LENGTH } from './deflate-symbol.js';
import { NOWHERE } from './hash-chains.js';
import type { KernelMap } from './kernel-map.js';
import { addMove } from './kernel-move.js';
import { addWrite, lengthNumber } from './kernel-write.js';
import type { Variable } from './wasm-code.js';
import { WasmModule } from './wasm-module.js';
import { type CompiledWasm, type WasmGlobal, compileWasm } from './wasm-runtime.js';

/** What every kernel exports, beside its search: the memory it works on, and what turns tokens into bits. */
export interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Tokens of the block. */
  readonly count: WasmGlobal;
  readonly bitBuffer: WasmGlobal;
  readonly bitCount: WasmGlobal;
  /** @see {@link addMove} */
  move(by: number): void;
  /** @see {@link addWrite} */
  tally(count: number): number;
  /** @see {@link addWrite} */
  write(count: number): number;
}

/** Adds the search to a module. @param count the number of tokens */
export type AddSearch = (module: WasmModule, map: KernelMap, count: Variable<'i32'>) => void;

/** A kernel that can be started any number of times. It is assembled when it is first wanted. */
export class KernelSource<K extends Kernel> {
  readonly map: KernelMap;
  readonly #addSearch: AddSearch;
  #compiled: { readonly wasm: CompiledWasm | undefined } | undefined;

  /** @param addSearch adds what `K` has more than a kernel */
  constructor(map: KernelMap, addSearch: AddSearch) {
    this.map = map;
    this.#addSearch = addSearch;
  }

  /** A new instance, ready for input. `undefined` where there is no WebAssembly, or no room for it. */
  readonly start = (): K | undefined => {
    const { map } = this;
    this.#compiled ??= { wasm: this.#compile() };
    // What the module exports is what was added to it.
    const kernel = this.#compiled.wasm?.instantiate() as K | undefined;
    if (kernel === undefined) return undefined;
    const view = new DataView(kernel.memory.buffer);
    for (let length = MIN_LENGTH; length <= MAX_LENGTH; length += 1) {
      const index = LENGTH_INDEX[length] ?? 0;
      const number = lengthNumber(END_OF_BLOCK + 1 + index, LENGTH_EXTRA[index] ?? 0, LENGTH_BASE[index] ?? 0);
      view.setInt32(map.lengths + 4 * length, number, true);
    }
    // From 0, where all heads begin.
    kernel.move(-NOWHERE);
    return kernel;
  };

  #compile(): CompiledWasm | undefined {
    const module = new WasmModule(this.map.size);
    this.#addSearch(module, this.map, module.global('count'));
    addMove(module, this.map);
    addWrite(module, this.map);
    return compileWasm(module.bytes());
  }
}
