import { startHash } from '../base/hash.js';
import { CHUNK_SIZE } from '../base/limits.js';
import { throwIfCalledOff } from './bulk-control.js';
import { finishPlain, readExtent, writeAt } from './bulk-job.js';
const SLOTS = 4;
const FILLED = 0;
const DRAINED = 1;
const EVENTS = 2;
const COPIED = 0;
const TO_COPY = 1;
const COPYING = 2;
/** Milliseconds to sleep before looking whether the work was called off. */
const PATIENCE = 10;
const sharedInts = (count) => new Int32Array(new SharedArrayBuffer(4 * count));
export const createRing = () => ({
    counters: sharedInts(3),
    copies: sharedInts(SLOTS),
    chunks: sharedInts(SLOTS),
    lengths: sharedInts(SLOTS),
    memory: new Uint8Array(new SharedArrayBuffer(SLOTS * CHUNK_SIZE)),
});
const chunkIn = (ring, slot) => ring.memory.subarray(slot * CHUNK_SIZE, slot * CHUNK_SIZE + (ring.lengths[slot] ?? 0));
/** Reads the next chunk if a slot is free. @returns its bytes, 0 if there is no room or nothing left */
const fillOne = (job, ring) => {
    const chunk = Atomics.load(ring.counters, FILLED);
    const slot = chunk % SLOTS;
    const at = chunk * CHUNK_SIZE;
    if (at >= job.extent.length)
        return 0;
    if (chunk - Atomics.load(ring.counters, DRAINED) >= SLOTS || Atomics.load(ring.copies, slot) !== COPIED)
        return 0;
    const length = readExtent(job, at, ring.memory.subarray(slot * CHUNK_SIZE, (slot + 1) * CHUNK_SIZE));
    ring.lengths[slot] = length;
    ring.chunks[slot] = chunk;
    if (job.target !== undefined)
        Atomics.store(ring.copies, slot, TO_COPY);
    Atomics.add(ring.counters, FILLED, 1);
    Atomics.notify(ring.counters, FILLED);
    return length;
};
/** Copies a chunk that nobody has begun to copy. @returns whether there was one */
const copyOne = (job, ring) => {
    if (job.target === undefined)
        return false;
    for (let slot = 0; slot < SLOTS; slot += 1) {
        if (Atomics.compareExchange(ring.copies, slot, TO_COPY, COPYING) !== TO_COPY)
            continue;
        // The slot keeps its chunk from here until it counts as copied.
        const position = job.target.offset + (ring.chunks[slot] ?? 0) * CHUNK_SIZE;
        writeAt(job.subject, job.target.fd, chunkIn(ring, slot), position);
        Atomics.store(ring.copies, slot, COPIED);
        return true;
    }
    return false;
};
const isDone = (job, ring) => Atomics.load(ring.counters, FILLED) * CHUNK_SIZE >= job.extent.length &&
    Atomics.load(ring.counters, DRAINED) === Atomics.load(ring.counters, FILLED) &&
    ring.copies.every((_, slot) => Atomics.load(ring.copies, slot) === COPIED);
/**
 * One step of the thread that feeds the ring: reads a chunk if there is room, else copies one, else sleeps a little.
 * @returns the bytes read in this step, and how things stand
 * @throws {ToolError} FILE_CHANGED, NO_SPACE, IO
 */
export const feedRing = (job, ring) => {
    const events = Atomics.load(ring.counters, EVENTS);
    const bytes = fillOne(job, ring);
    if (bytes > 0 || copyOne(job, ring))
        return { bytes, state: 'busy' };
    if (isDone(job, ring))
        return { bytes, state: 'done' };
    return { bytes, state: Atomics.wait(ring.counters, EVENTS, events, PATIENCE) === 'timed-out' ? 'idle' : 'busy' };
};
const tellFeeder = (ring) => {
    Atomics.add(ring.counters, EVENTS, 1);
    Atomics.notify(ring.counters, EVENTS);
};
/**
 * Hashes a job's bytes as they come through the ring, and copies while none have come. Blocks its thread.
 * @throws {ToolError} DIGEST_MISMATCH, DIFFID_MISMATCH, NO_SPACE, IO
 */
export const hashFromRing = (job, ring, control) => {
    const hash = startHash(job.algorithm);
    for (let at = 0; at < job.extent.length;) {
        throwIfCalledOff(control);
        const drained = Atomics.load(ring.counters, DRAINED);
        if (Atomics.load(ring.counters, FILLED) === drained) {
            if (copyOne(job, ring))
                tellFeeder(ring);
            else
                Atomics.wait(ring.counters, FILLED, drained, PATIENCE);
            continue;
        }
        const chunk = chunkIn(ring, drained % SLOTS);
        hash.update(chunk);
        at += chunk.length;
        Atomics.add(ring.counters, DRAINED, 1);
        tellFeeder(ring);
    }
    return finishPlain(job, hash);
};
