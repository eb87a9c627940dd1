import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ToolError } from '../../src/base/error.js';
import { BlockCoverage } from './block-coverage.js';
import { havoc } from './mutate.js';
import { Random } from './random.js';
import { Watchdog } from './watchdog.js';

/** A parser under fire. */
export interface FuzzTarget {
  readonly name: string;
  /** Inputs to begin with; at least one must be accepted. */
  readonly seeds: readonly Uint8Array[];
  /** Words that the format knows. */
  readonly words?: readonly (string | Uint8Array)[];
  /** Changes that keep more of the format right than chance does; one of them is taken half of the time. */
  readonly changes?: readonly ((input: Uint8Array, random: Random, havoc: Havoc) => Uint8Array)[];
  /**
   * Runs the input and holds the answers against each other. Refuses by a ToolError; anything else that it throws is
   * a find. Gives whether the input was accepted.
   */
  run(input: Uint8Array, random: Random): Promise<boolean> | boolean;
}

export type Havoc = (bytes: Uint8Array) => Uint8Array;

/** Files of the fuzz tests that share the time; `INGOT_FUZZ_SECONDS` is for all of them together. */
const TARGETS = 8;
const CI_SEED = 20_240_229;
const BATCH = 64;
/** Processor time of one input, and growth of the process over all, that no input is worth. */
const MAX_MILLISECONDS = 4000;
const MAX_GROWTH_KIB = 512 * 1024;
const NO_END_SECONDS = 60;

const REFUSALS: ReadonlySet<string> = new Set(['usage', 'input', 'surroundings']);

const environment = (name: string): string | undefined => (process.env[name] === '' ? undefined : process.env[name]);

const seconds = Number(environment('INGOT_FUZZ_SECONDS') ?? 8) / TARGETS;
const isGuided = environment('INGOT_FUZZ_GUIDED') !== '0';
const isTold = environment('INGOT_FUZZ_SECONDS') !== undefined;
const seed = Number(
  environment('INGOT_FUZZ_SEED') ?? (environment('CI') === undefined ? Math.floor(Math.random() * 2 ** 31) : CI_SEED),
);

const FINDS = join(import.meta.dirname, 'finds');

/** Inputs that were wrong once, by the name of the target that they were found by. */
const findsOf = (name: string): readonly (readonly [file: string, input: Uint8Array])[] =>
  existsSync(join(FINDS, name))
    ? readdirSync(join(FINDS, name))
        .toSorted()
        .map((file) => [file, readFileSync(join(FINDS, name, file))] as const)
    : [];

interface Answer {
  readonly accepted: boolean;
  readonly wrong?: unknown;
}

const isOurs = (url: string): boolean => /\/src\/[a-z]+\/.*\.ts$/.test(url);

class Fuzzer {
  readonly #target: FuzzTarget;
  readonly #random: Random;
  readonly #corpus: Uint8Array[];
  readonly #words: readonly Uint8Array[];
  readonly #directory = mkdtempSync(join(tmpdir(), 'ingot-fuzz-'));
  readonly #watchdog: Watchdog;
  readonly #coverage = isGuided ? new BlockCoverage(isOurs) : undefined;
  executions = 0;
  accepted = 0;

  constructor(target: FuzzTarget) {
    this.#target = target;
    this.#random = new Random(seed);
    // slice() of a Buffer would share memory with the seed.
    this.#corpus = target.seeds.map((bytes) => new Uint8Array(bytes));
    this.#words = (target.words ?? []).map((word) => (typeof word === 'string' ? Buffer.from(word) : word));
    this.#watchdog = new Watchdog(join(this.#directory, `${target.name}.no-end`), NO_END_SECONDS);
  }

  /** What one input gives. What a target decides by chance, the input decides. */
  async answer(input: Uint8Array): Promise<Answer> {
    this.executions += 1;
    this.#watchdog.begin(input);
    const before = process.cpuUsage();
    try {
      const accepted = await this.#target.run(
        input,
        new Random(input.length + (input[input.length >> 1] ?? 0) * 65_537),
      );
      const { user, system } = process.cpuUsage(before);
      const spent = (user + system) / 1000;
      if (spent > MAX_MILLISECONDS) return { accepted, wrong: new Error(`took ${spent} ms of the processor`) };
      if (accepted) this.accepted += 1;
      return { accepted };
    } catch (error) {
      const isRefusal = error instanceof ToolError && REFUSALS.has(error.class);
      return { accepted: false, ...(isRefusal ? {} : { wrong: error }) };
    } finally {
      this.#watchdog.end();
    }
  }

  async #check(input: Uint8Array): Promise<Answer> {
    const answer = await this.answer(input);
    if (answer.wrong !== undefined) {
      const file = join(this.#directory, this.#target.name);
      writeFileSync(file, input);
      throw new Error(`a find (INGOT_FUZZ_SEED=${seed}, execution ${this.executions}): ${file}`, {
        cause: answer.wrong,
      });
    }
    return answer;
  }

  #next(): Uint8Array {
    const random = this.#random;
    const base = random.pick(this.#corpus);
    const change: Havoc = (bytes) => havoc(bytes, random, random.pick(this.#corpus), this.#words);
    const { changes = [] } = this.#target;
    const input = changes.length > 0 && random.oneIn(2) ? random.pick(changes)(base, random, change) : change(base);
    return new Uint8Array(input);
  }

  /** Keeps the inputs of the batch that reach what none reached before: half by half, since asking V8 is slow. */
  async #keep(batch: readonly Uint8Array[]): Promise<void> {
    const coverage = this.#coverage;
    if (coverage === undefined) return;
    const fresh = coverage.take();
    if (fresh.length === 0) return;
    if (batch.length === 1) {
      coverage.add(fresh);
      this.#corpus.push(...batch);
      return;
    }
    const middle = batch.length >> 1;
    for (const half of [batch.slice(0, middle), batch.slice(middle)]) {
      for (const input of half) await this.#check(input);
      await this.#keep(half);
    }
    // What a first run alone reaches, such as a module that is loaded, comes from no input.
    coverage.add(fresh);
  }

  async runSeeds(): Promise<void> {
    for (const input of this.#corpus) await this.#check(input);
    const blocks = this.#coverage?.take();
    if (blocks !== undefined) this.#coverage?.add(blocks);
  }

  get blocks(): number {
    return this.#coverage?.size ?? 0;
  }

  get kept(): number {
    return this.#corpus.length - this.#target.seeds.length;
  }

  async runFor(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    const { maxRSS } = process.resourceUsage();
    while (performance.now() < end) {
      const batch = Array.from({ length: BATCH }, () => this.#next());
      for (const input of batch) await this.#check(input);
      await this.#keep(batch);
      const growth = process.resourceUsage().maxRSS - maxRSS;
      if (growth > MAX_GROWTH_KIB) throw new Error(`the process grew by ${growth} KiB (INGOT_FUZZ_SEED=${seed})`);
    }
  }

  async stop(): Promise<void> {
    this.#coverage?.stop();
    await this.#watchdog.stop();
  }
}

/**
 * The tests of one target: what was found before, the seeds, and mutations of them as long as the time allows. The
 * same seed makes the same inputs in the same order.
 */
export const fuzzTests = (target: FuzzTarget): void => {
  describe(`fuzzing ${target.name}`, () => {
    it('has no find any more that it had', async () => {
      const fuzzer = new Fuzzer(target);
      try {
        const wrong: unknown[] = [];
        for (const [file, input] of findsOf(target.name)) {
          const answer = await fuzzer.answer(input);
          if (answer.wrong !== undefined) wrong.push([file, answer.wrong]);
        }
        expect(wrong).toEqual([]);
      } finally {
        await fuzzer.stop();
      }
    });

    it('finds nothing', { timeout: seconds * 4000 + 120_000 }, async () => {
      const fuzzer = new Fuzzer(target);
      try {
        await fuzzer.runSeeds();
        expect(fuzzer.accepted).toBeGreaterThan(0);
        const { blocks } = fuzzer;
        await fuzzer.runFor(seconds * 1000);
        expect(fuzzer.executions).toBeGreaterThan(target.seeds.length);
        if (isTold) {
          const { executions, accepted, kept } = fuzzer;
          const figures = `${executions} runs, ${accepted} accepted, ${blocks} to ${fuzzer.blocks} blocks, ${kept} kept`;
          console.log(`${target.name}: ${figures}, seed ${seed}`);
        }
      } finally {
        await fuzzer.stop();
      }
    });
  });
};
