import { compareVersions } from '../../transport/engine/detect.js';
import type { Engine, EngineInfo } from '../../transport/engine/engine.js';

/** A peculiarity of an engine that its users should know. */
export interface EngineAdvice {
  /** Stable. */
  readonly id:
    | 'id-is-manifest'
    | 'id-is-config'
    | 'layers-lose-compression'
    | 'other-store-hidden'
    | 'force-deletes-containers'
    | 'force-kills-running'
    | 'load-races-prune'
    | 'noprune-ignored'
    | 'prune-filter-broken'
    | 'not-encrypted';
  /** For people. */
  readonly text: string;
}

/** @see schemas/engine-info-report.schema.json */
export interface EngineInfoReport {
  readonly engine: Pick<EngineInfo, 'endpoint' | 'kind' | 'version'>;
  /** `--host`, `DOCKER_HOST`, `context NAME`, `default`. */
  readonly endpointFrom: string;
  readonly apiVersion: string;
  /** `os/architecture`. */
  readonly platform: string;
  readonly store: EngineInfo['store'];
  readonly driver: string;
  readonly rootless: boolean;
  readonly images: { readonly total: number; readonly named: number };
  readonly containers: { readonly total: number; readonly running: number; readonly external: number };
  readonly advice: readonly EngineAdvice[];
}

const TEXTS: Readonly<Record<EngineAdvice['id'], string>> = {
  'id-is-manifest':
    'Image IDs are digests of manifests or indexes here. The same image has another ID in engines whose IDs are digests of configs.',
  'id-is-config':
    'Image IDs are digests of configs here. In the containerd store of Docker the same image has another ID.',
  'layers-lose-compression':
    'Layers are kept uncompressed: an export has neither the compressed layers nor the manifest of the registry. See ingot save --layers restore.',
  'other-store-hidden':
    'Docker has two image stores and shows the images of one. What was there before the store was changed is hidden, not gone; the feature containerd-snapshotter in daemon.json chooses.',
  'force-deletes-containers':
    'Removing an image with force deletes the containers that use it (podman rmi -f). ingot engine rmi never does.',
  'force-kills-running': 'Even containers that run are killed and deleted by that. Podman 5.6 and later spare those.',
  'load-races-prune': 'A load can fail while somebody prunes, and is tried once more then.',
  'noprune-ignored': 'Parents without a name go with their last child, whatever the client asks for.',
  'prune-filter-broken': "The engine's own prune of all unused images fails; ingot engine prune does not use it.",
  'not-encrypted': 'The connection is neither encrypted nor authenticated: whoever reaches the port owns the machine.',
};

const adviceFor = ({ traits, kind, store, version }: EngineInfo): readonly EngineAdvice[] => {
  const applies: Readonly<Record<EngineAdvice['id'], boolean>> = {
    'id-is-manifest': traits.imageIDIsManifest,
    'id-is-config': !traits.imageIDIsManifest,
    'layers-lose-compression': !traits.keepsCompressedLayers,
    // The second store came with Docker 24.
    'other-store-hidden': kind === 'docker' && (store === 'containerd' || compareVersions(version, '24') >= 0),
    'force-deletes-containers': traits.forceDeletesContainers,
    'force-kills-running': traits.forceKillsRunning,
    'load-races-prune': traits.loadRacesPrune,
    'noprune-ignored': traits.nopruneIgnored,
    'prune-filter-broken': traits.pruneDanglingFalseBroken,
    'not-encrypted': !traits.isEncrypted,
  };
  return (Object.keys(TEXTS) as EngineAdvice['id'][])
    .filter((id) => applies[id])
    .map((id) => ({ id, text: TEXTS[id] }));
};

/** `engine info`: what the engine is, what it holds, and what is peculiar about it. @throws {ToolError} as `Engine` */
export const engineInfo = async (engine: Engine): Promise<EngineInfoReport> => {
  const { info } = engine;
  const images = await engine.images();
  const containers = await engine.containers();
  return {
    engine: { endpoint: info.endpoint, kind: info.kind, version: info.version },
    endpointFrom: info.endpointFrom,
    apiVersion: info.apiVersion,
    platform: `${info.platform.os}/${info.platform.architecture}`,
    store: info.store,
    driver: info.driver,
    rootless: info.rootless,
    images: { total: images.length, named: images.filter(({ names }) => names.length > 0).length },
    containers: {
      total: containers.length,
      running: containers.filter(({ state }) => state === 'running').length,
      external: containers.filter(({ isExternal }) => isExternal).length,
    },
    advice: adviceFor(info),
  };
};
