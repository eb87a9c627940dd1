import { ToolError } from '../../base/error.js';
import type { Limits } from '../../base/limits.js';
import type { Cursor } from '../../oci/decode.js';
import { complaintOf, decodeAnswer, documentOf, engineFailed, isSuccess } from './answer.js';
import type { EngineInfo, EngineKind, EngineStore, EngineTraits } from './engine.js';
import { textOf } from './names.js';
import type { Timeouts } from './timeouts.js';
import type { Wire } from './wire.js';

/** Versions of Docker's API that are spoken here. Docker 29.0 asks for 1.44, later ones for 1.40 again. */
export const API_VERSIONS = { oldest: '1.40', newest: '1.51' } as const;

/** `1.41` or `4.3.1` as numbers; what follows them does not count. */
const numbersOf = (version: string): readonly number[] =>
  (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);

/** Negative if the first is older. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** @throws {ToolError} ENGINE_API_VERSION */
export const chooseApiVersion = (newest: string, oldest: string, endpoint: string): string => {
  const isOld = compareVersions(newest, API_VERSIONS.oldest) < 0;
  if (isOld || compareVersions(oldest, API_VERSIONS.newest) > 0) {
    throw new ToolError('ENGINE_API_VERSION', `the engine is too ${isOld ? 'old' : 'new'}`, {
      subject: endpoint,
      expected: `a version of its API from ${API_VERSIONS.oldest} to ${API_VERSIONS.newest}`,
      found: `${oldest} to ${newest}`,
      hint: isOld ? 'use Docker 19.03 or Podman 3 or later' : 'use a later version of Ingot',
    });
  }
  return compareVersions(newest, API_VERSIONS.newest) > 0 ? API_VERSIONS.newest : newest;
};

/** What is known of engines by kind, version and store. */
export const traitsOf = (kind: EngineKind, version: string, store: EngineStore, isEncrypted: boolean): EngineTraits => {
  const isPodman = kind === 'podman';
  const before = (other: string): boolean => isPodman && compareVersions(version, other) < 0;
  return {
    imageIDIsManifest: store === 'containerd',
    keepsCompressedLayers: store === 'containerd',
    forceDeletesContainers: isPodman,
    forceKillsRunning: before('5.6'),
    nopruneIgnored: before('4.6'),
    pruneDanglingFalseBroken: before('4.8'),
    isEncrypted,
    loadRacesPrune: isPodman,
  };
};

const CONTAINERD_DRIVER = 'io.containerd.snapshotter.v1';

/** Pairs of `DriverStatus`, which is `null` where the driver has nothing to say. */
const driverType = (info: Cursor): string | undefined =>
  (info.field('DriverStatus').optional((list) => list.array(), 'null is absent') ?? [])
    .map((pair) => pair.strings())
    .find(([key]) => key === 'driver-type')?.[1];

const isRootless = (info: Cursor): boolean =>
  info.field('Rootless').optional((field) => field.boolean(), 'null is absent') === true ||
  (info.field('SecurityOptions').optional((list) => list.strings(), 'null is absent') ?? []).some(
    (option) => option.split(',').includes('name=rootless') || option === 'rootless',
  );

const ask = async (wire: Wire, path: string, timeout: number, limits: Limits): Promise<Cursor> => {
  const answer = {
    ...(await wire.ask({ method: 'GET', path, timeout })),
    subject: `${wire.endpoint.text}: GET ${path}`,
  };
  if (!isSuccess(answer)) throw engineFailed(answer, complaintOf(answer, limits));
  return documentOf(answer, limits);
};

interface Version {
  readonly kind: EngineKind;
  readonly version: string;
  readonly newest: string;
  readonly oldest: string;
  readonly os: string;
  readonly architecture: string;
}

const readVersion = (document: Cursor): Version => {
  const components = document.field('Components').optional((list) => list.array(), 'null is absent') ?? [];
  const isPodman = components.some((component) => textOf(component.field('Name')) === 'Podman Engine');
  return {
    kind: isPodman ? 'podman' : 'docker',
    version: document.field('Version').string(),
    newest: document.field('ApiVersion').string(),
    oldest: textOf(document.field('MinAPIVersion')) || API_VERSIONS.oldest,
    os: document.field('Os').string(),
    architecture: document.field('Arch').string(),
  };
};

/** Headers of every answer: Podman's name itself in two. */
const isPodmanByHeaders = (headers: Readonly<Record<string, string | readonly string[] | undefined>>): boolean =>
  headers['libpod-api-version'] !== undefined || String(headers['server'] ?? '').startsWith('Libpod/');

/**
 * What answers at an endpoint.
 * @throws {ToolError} ENGINE_API_VERSION, ENGINE_ANSWER_INVALID, ENGINE_FAILED; as {@link Wire}
 */
export const detectEngine = async (
  wire: Wire,
  endpointFrom: string,
  timeouts: Timeouts,
  limits: Limits,
): Promise<EngineInfo> => {
  const endpoint = wire.endpoint.text;
  const ping = await wire.ask({ method: 'GET', path: '/_ping', timeout: timeouts.hello });
  const pinged = { ...ping, subject: `${endpoint}: GET /_ping` };
  if (!isSuccess(pinged)) throw engineFailed(pinged, complaintOf(pinged, limits));
  const found = decodeAnswer(await ask(wire, '/version', timeouts.hello, limits), readVersion);
  const kind = isPodmanByHeaders(ping.headers) ? 'podman' : found.kind;
  const apiVersion = chooseApiVersion(found.newest, found.oldest, endpoint);
  return decodeAnswer(await ask(wire, `/v${apiVersion}/info`, timeouts.question, limits), (info) => {
    const isContainerd = kind === 'docker' && driverType(info) === CONTAINERD_DRIVER;
    const store: EngineStore = kind === 'podman' ? 'containers-storage' : isContainerd ? 'containerd' : 'graphdriver';
    return {
      kind,
      version: found.version,
      apiVersion,
      endpoint,
      endpointFrom,
      platform: { os: found.os, architecture: found.architecture },
      store,
      driver: textOf(info.field('Driver')),
      rootless: isRootless(info),
      traits: traitsOf(kind, found.version, store, wire.endpoint.kind !== 'tcp' || wire.endpoint.tls !== undefined),
    };
  });
};
