import { type JsonValue, isJsonArray, isJsonObject } from '../../base/json.js';
import { compareBytes } from '../../base/order.js';
import { parsePlatform } from '../../oci/platform.js';
import type { InspectReport, InspectedImage } from '../../operation/inspect.js';
import type { Fields, Value } from '../template/value.js';
import { splitName } from './images.js';

/** Members of a config that docker always shows, and what it shows if the image says nothing. */
const CONFIG_DEFAULTS: Fields = {
  Hostname: '',
  Domainname: '',
  User: '',
  ExposedPorts: new Map(),
  Env: [],
  Cmd: [],
  Entrypoint: [],
  Volumes: new Map(),
  WorkingDir: '',
  OnBuild: [],
  Labels: new Map(),
  StopSignal: '',
  Shell: [],
  Healthcheck: undefined,
  ArgsEscaped: false,
};

/** Keys are the image's, so an object becomes a map: what is not in it is no value. */
const valueOf = (json: JsonValue): Value => {
  if (json === null) return undefined;
  if (isJsonArray(json)) return json.map(valueOf);
  if (isJsonObject(json)) return new Map(Object.entries(json).map(([key, member]) => [key, valueOf(member)]));
  return json;
};

const configOf = ({ config }: InspectedImage): Fields => {
  if (config === undefined || !isJsonObject(config)) return CONFIG_DEFAULTS;
  const given = Object.entries(config).flatMap(([key, member]) => {
    const value = valueOf(member);
    return value === undefined ? [] : [[key, value] as const];
  });
  return { ...CONFIG_DEFAULTS, ...Object.fromEntries(given) };
};

const platformOf = (text: string | undefined): Fields => {
  const { os = '', architecture = '', variant = '', osVersion = '' } = text === undefined ? {} : parsePlatform(text);
  return { Os: os, Architecture: architecture, Variant: variant, OsVersion: osVersion };
};

const repoDigests = ({ names, digest }: InspectedImage): readonly string[] =>
  [...new Set(names.map((name) => splitName(name).repository))]
    .filter((repository) => repository !== '<none>')
    .map((repository) => `${repository}@${digest}`)
    .toSorted(compareBytes);

const mapOf = (record: Readonly<Record<string, string>> | undefined): Value => new Map(Object.entries(record ?? {}));

/** An image in the words of `docker inspect` and `podman inspect`, and some of Ingot's own. */
const fieldsOf = (image: InspectedImage): Fields => {
  const layers = image.layers ?? [];
  return {
    Id: image.imageID ?? image.digest,
    Digest: image.digest,
    Names: image.names,
    RepoTags: image.names.filter((name) => !name.includes('@')),
    RepoDigests: repoDigests(image),
    MediaType: image.mediaType,
    ArtifactType: image.artifactType ?? '',
    Created: image.created ?? '',
    Author: image.author ?? '',
    Platform: image.platform ?? '',
    ...platformOf(image.platform),
    Size: image.size,
    Config: configOf(image),
    Labels: mapOf(image.labels),
    Annotations: mapOf(image.annotations),
    RootFS: { Type: 'layers', Layers: layers.flatMap(({ diffID }) => (diffID === undefined ? [] : [diffID])) },
    Layers: layers.map(({ digest, mediaType, size, diffID }) => ({
      Digest: digest,
      MediaType: mediaType,
      Size: size,
      DiffID: diffID ?? '',
    })),
    Manifests: (image.manifests ?? []).map(({ digest, mediaType, size, platform, present }) => ({
      Digest: digest,
      MediaType: mediaType,
      Size: size,
      Platform: platform ?? '',
      Present: present,
    })),
  };
};

export const inspectFields = ({ images }: InspectReport): readonly Fields[] => images.map(fieldsOf);

/** What `--format` can ask for. */
export const INSPECT_FIELDS: readonly string[] = Object.keys(
  fieldsOf({ names: [], digest: 'sha256:' as InspectedImage['digest'], mediaType: '', size: 0 }),
);
