import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ByteStream } from '../../src/base/bytes.js';
import { verifiedBlobs } from '../../src/content/blob.js';
import { type ContentGraph, nodeOf } from '../../src/content/graph.js';
import type { Rename } from '../../src/content/select.js';
import { type ArchivePlan, type PlanEntry, planArchive } from '../../src/format/plan.js';
import { DEFAULT_SETTINGS, profileOf } from '../../src/format/profile.js';
import { writeArchive } from '../../src/format/write.js';
import { parsePlatform } from '../../src/oci/platform.js';
import { parseReference } from '../../src/oci/reference.js';
import { contextWith } from '../../src/operation/context.js';
import { DEFAULT_TRANSFER, type LayerMode } from '../../src/operation/prepare.js';
import { type SaveOptions, save, withPrepared } from '../../src/operation/save.js';
import { listingOf, readTar } from './read-tar.js';

export const GOLDEN = fileURLToPath(new URL('../../golden/', import.meta.url));
export const INPUTS = join(GOLDEN, 'inputs');
export const CASES = join(GOLDEN, 'cases');

/** An entry of `golden/inputs/inputs.json`. */
export interface GoldenInput {
  readonly id: string;
  readonly path: string;
  readonly kind: 'docker-archive' | 'oci-archive' | 'oci' | 'dir';
  readonly producer: string;
}

/** One way to the archive of a case. */
export interface GoldenRun {
  /** Ids of inputs, each with `:REF` after it where one image of it is meant. */
  readonly sources: readonly string[];
  readonly names?: readonly { readonly from?: string; readonly to: string }[];
  /** For layers `restore`: ids of inputs that have the manifests. */
  readonly manifestFrom?: readonly string[];
}

/** `case.json`, written by hand. */
export interface GoldenCase {
  readonly title: string;
  /** Each of them gives the archive, byte for byte. */
  readonly runs: readonly GoldenRun[];
  readonly options: {
    readonly profile?: string;
    readonly layers?: LayerMode;
    readonly codec?: string;
    readonly platforms?: readonly string[];
    readonly dockerPlatform?: string;
    readonly mtime?: number;
    readonly allowSparse?: boolean;
    readonly dropReferrers?: boolean;
    readonly keepAnnotations?: boolean;
  };
  /** Who says that the archive is right, beside the tests of this folder. */
  readonly vouchers: readonly string[];
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

export const goldenInputs = (): readonly GoldenInput[] => readJson(join(INPUTS, 'inputs.json'));

export const caseNames = (): readonly string[] => readdirSync(CASES).toSorted();

export const readCase = (name: string): GoldenCase => readJson(join(CASES, name, 'case.json'));

export const inputIDs = (run: GoldenRun): readonly string[] => run.sources.map((source) => source.split(':')[0] ?? '');

const locationOf = (source: string, inputs: readonly GoldenInput[]): string => {
  const [id = '', ...rest] = source.split(':');
  const input = inputs.find((candidate) => candidate.id === id);
  if (input === undefined) throw new Error(`no such input: ${id}`);
  return [`${input.kind}:${join(INPUTS, input.path)}`, ...rest].join(':');
};

const optionsOf = ({ options }: GoldenCase, run: GoldenRun): SaveOptions => ({
  ...DEFAULT_TRANSFER,
  ...(options.codec === undefined ? {} : { codec: options.codec }),
  manifestFrom: (run.manifestFrom ?? []).map((source) => locationOf(source, goldenInputs())),
  platforms: (options.platforms ?? []).map(parsePlatform),
  names: (run.names ?? []).map(({ from, to }): Rename => ({
    ...(from === undefined ? {} : { from }),
    to: { kind: 'reference', reference: parseReference(to) },
  })),
  dropReferrers: options.dropReferrers ?? false,
  allowSparse: options.allowSparse ?? false,
  layers: options.layers ?? 'keep',
  keepAnnotations: options.keepAnnotations ?? false,
  profile: profileOf(options.profile ?? 'hybrid-1'),
  settings: {
    mtime: options.mtime ?? DEFAULT_SETTINGS.mtime,
    dockerPlatform:
      options.dockerPlatform === undefined ? DEFAULT_SETTINGS.dockerPlatform : parsePlatform(options.dockerPlatform),
  },
  digest: true,
});

export interface GoldenResult {
  readonly archive: Buffer;
  readonly plan: unknown;
  /** Without paths of this machine. */
  readonly report: unknown;
}

const kindOf = (entry: PlanEntry, graph: ContentGraph): string => {
  switch (entry.content.from) {
    case 'memory':
      return 'top-document';
    case 'nothing':
      return 'directory';
    case 'blob':
      return nodeOf(graph, entry.content.descriptor.digest).kind;
  }
};

const planJson = (plan: ArchivePlan, graph: ContentGraph): unknown => ({
  profile: plan.profile.id,
  size: plan.size,
  entries: plan.entries.map((entry) => ({
    path: entry.path,
    kind: kindOf(entry, graph),
    size: entry.size,
    headerOffset: entry.headerOffset,
    offset: entry.offset,
  })),
  absent: plan.absent,
});

const collect = async (stream: ByteStream): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks);
};

/** Paths of this machine become names of inputs: a report must not depend on where the project lies. */
const withoutMachine = (report: unknown, output: string): unknown =>
  JSON.parse(
    JSON.stringify(report, (_, value: unknown) =>
      typeof value === 'string'
        ? value.replaceAll(output, 'archive.tar').replaceAll(`${INPUTS}/`, '').replaceAll(`${INPUTS}\\`, '')
        : value,
    ),
  ) as unknown;

const saveTwice = async (sources: readonly string[], options: SaveOptions): Promise<GoldenResult> => {
  const context = contextWith({ pathExists: existsSync });
  const { plan, streamed } = await withPrepared(sources, options, context, async (prepared) => {
    const planned = planArchive(prepared.graph, options.profile, options.settings, options);
    return {
      plan: planJson(planned, prepared.graph),
      streamed: await collect(writeArchive(planned, verifiedBlobs(prepared.blobs))),
    };
  });
  const scratch = await mkdtemp(join(tmpdir(), 'ingot-golden-'));
  try {
    const output = join(scratch, 'archive.tar');
    const report = await save(sources, { path: output, durable: false }, options, { ...context, threads: 2 });
    const archive = await readFile(output);
    if (!archive.equals(streamed)) throw new Error('the archive as a file differs from the archive as a stream');
    return { archive, plan, report: withoutMachine(report, output) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

/** Saves twice: as a stream on one thread, and into a file on two, which are two ways through the program. */
export const runCase = async (golden: GoldenCase, run: GoldenRun): Promise<GoldenResult> => {
  const inputs = goldenInputs();
  return saveTwice(
    run.sources.map((source) => locationOf(source, inputs)),
    optionsOf(golden, run),
  );
};

/** The canonical archive of a canonical archive: CA-PROFILE-2. */
export const saveAgain = async (golden: GoldenCase, archive: Buffer, layers: LayerMode): Promise<Buffer> => {
  const scratch = await mkdtemp(join(tmpdir(), 'ingot-golden-'));
  try {
    const input = join(scratch, 'input.tar');
    await writeFile(input, archive);
    const { profile, settings } = optionsOf(golden, { sources: [] });
    const options = { ...DEFAULT_TRANSFER, profile, settings, layers, allowSparse: true, digest: false };
    return (await saveTwice([`oci-archive:${input}`], options)).archive;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

/** Largest archive that is kept as it is. */
const KEPT = 32 * 1024;

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** JSON with one line for each element of the inner lists, to be read and compared by people. */
const jsonLines = (value: unknown): string =>
  `${JSON.stringify(value, null, 2).replace(/\{\n\s+([^[\]{}]+?)\n\s+\}/g, (_, inner: string) => `{ ${inner.replace(/\n\s+/g, ' ')} }`)}\n`;

/** The files of a case beside `case.json`. */
export const expectedFiles = (golden: GoldenCase, results: readonly GoldenResult[]): ReadonlyMap<string, Buffer> => {
  const [first] = results;
  if (first === undefined) throw new Error('a case without a run');
  const reports = results.map(({ report }, index) => ({ sources: golden.runs[index]?.sources, report }));
  return new Map([
    ['archive.sha256', Buffer.from(`${sha256(first.archive)}  archive.tar\n`)],
    ['listing.txt', Buffer.from(listingOf(readTar(first.archive)))],
    ['plan.json', Buffer.from(jsonLines(first.plan))],
    ['report.json', Buffer.from(jsonLines(reports))],
    ...(first.archive.length < KEPT ? [['archive.tar', first.archive] as const] : []),
  ]);
};
