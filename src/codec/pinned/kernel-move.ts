import { NOWHERE } from './hash-chains.js';
import type { KernelMap } from './kernel-map.js';
import { add, goToIf, load32, loop, lt, select, store32, sub } from './wasm-code.js';
import type { WasmModule } from './wasm-module.js';

/** Adds `move(by)`, which takes `by` off every position in the tables. */
export const addMove = (module: WasmModule, map: KernelMap): void => {
  module.function('move', ['by'], ({ by }, locals) => {
    const slot = locals.i32();
    const head = locals.i32();
    return {
      body: [
        loop(
          'heads',
          head.set(sub(load32(slot, map.heads), by)),
          store32(slot, map.heads, select(lt(head, NOWHERE), NOWHERE, head)),
          slot.set(add(slot, 4)),
          goToIf('heads', lt(slot, map.steps)),
        ),
      ],
    };
  });
};
