import type { ByteStream } from '../../base/bytes.js';
import type { Digest } from '../../oci/digest.js';
import type { Platform } from '../../oci/platform.js';

/**
 * A Docker or Podman engine, in one vocabulary. Names are fully qualified and sorted, IDs carry their algorithm,
 * times are seconds since 1970, sizes are bytes. What an engine refuses is a result; an error is what could not be
 * asked or answered. `connectEngine` in `connect.ts` makes one.
 */

export type EngineKind = 'docker' | 'podman';

/** Where an engine keeps images, which decides what its image IDs are. */
export type EngineStore = 'graphdriver' | 'containerd' | 'containers-storage';

/** What differs between engines and their versions, as far as it matters to a client. */
export interface EngineTraits {
  /** The image ID is the digest of a manifest or index, not of the config. */
  readonly imageIDIsManifest: boolean;
  /** Layers come back from `save` as they were loaded, compressed or not. */
  readonly keepsCompressedLayers: boolean;
  /** Removing an image with `force` deletes stopped containers. */
  readonly forceDeletesContainers: boolean;
  /** Removing an image with `force` deletes running containers, too. Podman before 5.6. */
  readonly forceKillsRunning: boolean;
  /** `noprune` is ignored. Podman before 4.6. */
  readonly nopruneIgnored: boolean;
  /** The engine's own prune fails with `dangling=false`. Podman before 4.8. */
  readonly pruneDanglingFalseBroken: boolean;
  /** The connection is one that others cannot listen to: local, TLS or ssh. */
  readonly isEncrypted: boolean;
  /** A load can fail while somebody prunes. */
  readonly loadRacesPrune: boolean;
}

export interface EngineInfo {
  readonly kind: EngineKind;
  /** Of the engine: `20.10.24`. */
  readonly version: string;
  /** Of the API that is spoken with it: `1.41`. */
  readonly apiVersion: string;
  /** As text, without a password: `unix:///var/run/docker.sock`. */
  readonly endpoint: string;
  /** How the endpoint was found: `--host`, `DOCKER_HOST`, `context NAME`, `default`. */
  readonly endpointFrom: string;
  readonly platform: Platform;
  readonly store: EngineStore;
  /** Storage driver or snapshotter: `overlay2`, `vfs`, `native`. */
  readonly driver: string;
  readonly rootless: boolean;
  readonly traits: EngineTraits;
}

export interface EngineImage {
  readonly id: Digest;
  /** `docker.io/library/alpine:3`; without those that are digests. */
  readonly names: readonly string[];
  /** `docker.io/library/alpine@sha256:…`. */
  readonly digests: readonly string[];
  /** The image that this one was built on, where the engine knows. */
  readonly parent?: Digest;
  readonly size: number;
  /** As the image says, not when it came; 1970 in reproducible ones. */
  readonly created: number;
  readonly labels: ReadonlyMap<string, string>;
}

export interface EngineImageDetail extends Omit<EngineImage, 'labels' | 'created'> {
  /** As the image says; undefined where it does not. RFC 3339. */
  readonly created?: string;
  readonly platform: Platform;
  /** DiffIDs, base first. */
  readonly diffIDs: readonly Digest[];
  /** The config's digest, where the engine tells or it is the ID. */
  readonly configDigest?: Digest;
  /** Of the manifest or index, where the engine tells. */
  readonly manifestDigest?: Digest;
}

export type ContainerState =
  | 'created'
  | 'running'
  | 'paused'
  | 'restarting'
  | 'removing'
  | 'stopping'
  | 'exited'
  | 'dead'
  | 'storage'
  | 'unknown';

export interface EngineContainer {
  readonly id: string;
  /** Without a leading `/`, sorted. */
  readonly names: readonly string[];
  /** Undefined for one that has no image but a directory. */
  readonly imageID?: Digest;
  /** The name by which it was started, as the engine shows it. */
  readonly image: string;
  readonly state: ContainerState;
  /** Podman: not a container of Podman but of Buildah or another user of the storage. */
  readonly isExternal: boolean;
  /** Images that are mounted into it: names or IDs, as it was told. */
  readonly imageMounts: readonly string[];
  /** ID of its pod. */
  readonly pod?: string;
}

/** `in-use`: a container uses the image, found out by asking; `conflict`: any other reason. */
export type RefusalReason = 'in-use' | 'conflict';

export type RemovalResult =
  | {
      readonly outcome: 'done';
      /** Names that are gone: fully qualified, those with digests among them, sorted. */
      readonly untagged: readonly string[];
      /** IDs of images and layers that are gone, sorted. */
      readonly deleted: readonly Digest[];
    }
  | {
      readonly outcome: 'refused';
      readonly reason: RefusalReason;
      /** In the engine's words, for people. */
      readonly message: string;
    }
  | { readonly outcome: 'missing' };

export type ContainerResult =
  | { readonly outcome: 'done' | 'missing' }
  /** It runs, or is paused or about to start: it is as it was. */
  | { readonly outcome: 'running'; readonly message: string }
  | { readonly outcome: 'refused'; readonly message: string };

/** `unchanged`: it was not running. */
export type StopResult =
  | { readonly outcome: 'done' | 'missing' | 'unchanged' }
  | { readonly outcome: 'refused'; readonly message: string };

/** What an engine said about a load. */
export type LoadResult =
  | {
      readonly outcome: 'done';
      /** Fully qualified, sorted. */
      readonly names: readonly string[];
      /** Of images without a name, sorted. */
      readonly ids: readonly Digest[];
    }
  | {
      readonly outcome: 'refused';
      /** In the engine's words, for people. */
      readonly message: string;
      /** Somebody removed images at the same time: another try may succeed. */
      readonly isRace: boolean;
    };

/** @throws {ToolError} from every method what cannot be asked or understood: the ENGINE_* codes */
export interface Engine {
  readonly info: EngineInfo;
  /** All images, those without names and intermediate ones among them, by ID. */
  images(): Promise<readonly EngineImage[]>;
  /** All containers in every state, by ID; with Podman also those of Buildah and others. */
  containers(): Promise<readonly EngineContainer[]>;
  /** One image by name, ID or short ID. @throws {ToolError} REFERENCE_AMBIGUOUS */
  image(text: string): Promise<EngineImageDetail | undefined>;
  /** Takes a name away, and the image with it if that was its last and nothing uses it. Never with force. */
  removeName(name: string): Promise<RemovalResult>;
  /**
   * Takes the last name of an image that containers use. Containers stay, and so does an image that one runs from;
   * Docker's graph drivers give up an image whose containers have all ended, and the result says so.
   */
  untagAnyway(name: string, id: Digest): Promise<RemovalResult>;
  /** Removes an image without a name by its ID. Never with force. */
  removeUnnamed(id: Digest): Promise<RemovalResult>;
  /** Removes a container that does not run. Never with force. */
  removeContainer(id: string): Promise<ContainerResult>;
  /** Asks a container to stop; the engine kills it after so many seconds, as `docker stop` does. */
  stopContainer(id: string, seconds: number): Promise<StopResult>;
  /** Gives an image a name, which moves if another has it. @throws {ToolError} REFERENCE_NOT_FOUND */
  tag(id: Digest, name: string): Promise<void>;
  /**
   * Images in one archive, as the engine writes it. Its end is checked by the caller, who sees the whole.
   * @param refs names or IDs with algorithm, at least one
   * @throws {ToolError} REFERENCE_NOT_FOUND before the first byte
   */
  save(refs: readonly string[], signal?: AbortSignal): Promise<ByteStream>;
  /** Hands an archive to the engine. Its answer is its word: what arrived is to be looked at. */
  load(archive: ByteStream, signal?: AbortSignal): Promise<LoadResult>;
  close(): void;
}
