import { END_OF_BLOCK, LENGTH_BASE, LENGTH_EXTRA, LENGTH_INDEX, MAX_LENGTH, MIN_LENGTH } from './deflate-symbol.js';
import { HEADS, HEAD_COUNT, LENGTHS, MEMORY_SIZE } from './go-kernel-map.js';
import { addScan } from './go-kernel-scan.js';
import { addWrite, lengthNumber } from './go-kernel-write.js';
import { NONE } from './go-search.js';
import { NOWHERE } from './search-window.js';
import { WasmModule } from './wasm-module.js';
import { type CompiledWasm, type WasmGlobal, compileWasm } from './wasm-runtime.js';

type State = 'base' | 'blockEnd' | 'count' | 'position' | 'length' | 'distance' | 'pending' | 'bitBuffer' | 'bitCount';

/** An instance of the kernel: the inner loops of the Go encoder, and the memory they work on. */
export interface GoKernel extends Readonly<Record<State, WasmGlobal>> {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** @see {@link addScan} */
  scan(last: number, end: number, candidates: number, nice: number, lazy: number): number;
  /** Takes `by` off every position. */
  move(by: number): void;
  /** @see {@link addWrite} */
  tally(count: number): number;
  /** @see {@link addWrite} */
  write(count: number): number;
}

let compiled: { readonly wasm: CompiledWasm | undefined } | undefined;

const compile = (): CompiledWasm | undefined => {
  const module = new WasmModule(MEMORY_SIZE);
  addScan(module);
  addWrite(module);
  return compileWasm(module.bytes());
};

/** A new instance, ready for input. `undefined` where there is no WebAssembly. */
export const startGoKernel = (): GoKernel | undefined => {
  compiled ??= { wasm: compile() };
  // What the module exports is what was added to it above.
  const kernel = compiled.wasm?.instantiate() as GoKernel | undefined;
  if (kernel === undefined) return undefined;
  const view = new DataView(kernel.memory.buffer);
  for (let bucket = 0; bucket < HEAD_COUNT; bucket += 1) view.setInt32(HEADS + 4 * bucket, NOWHERE, true);
  for (let length = MIN_LENGTH; length <= MAX_LENGTH; length += 1) {
    const index = LENGTH_INDEX[length] ?? 0;
    const number = lengthNumber(END_OF_BLOCK + 1 + index, LENGTH_EXTRA[index] ?? 0, LENGTH_BASE[index] ?? 0);
    view.setInt32(LENGTHS + 4 * length, number, true);
  }
  kernel.length.value = NONE;
  return kernel;
};
