import { ToolError } from '../base/error.js';
import { type Flag, choiceFlag, listFlag, parseBytes, parseCount, parseText, switchFlag, valueFlag } from './flag.js';

export const PROGRESS_MODES = ['auto', 'plain', 'json', 'none'] as const;

interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

/** As skopeo writes them. The value is not repeated in an error. */
const parseCredentials = (text: string): RegistryCredentials => {
  const at = text.indexOf(':');
  if (at > 0) return { username: text.slice(0, at), password: text.slice(at + 1) };
  throw new ToolError('USAGE', 'not credentials', { expected: 'USER:PASSWORD' });
};

/** A type, not an interface: only types fit an index signature. */
type GlobalFlags = {
  readonly json: Flag<boolean>;
  readonly quiet: Flag<boolean>;
  readonly progress: Flag<(typeof PROGRESS_MODES)[number]>;
  readonly threads: Flag<number | undefined>;
  readonly tmp: Flag<string | undefined>;
  readonly store: Flag<string | undefined>;
  readonly 'lock-wait': Flag<number | undefined>;
  readonly insecure: Flag<readonly string[]>;
  readonly authfile: Flag<string | undefined>;
  readonly creds: Flag<RegistryCredentials | undefined>;
  readonly ca: Flag<readonly string[]>;
  readonly host: Flag<string | undefined>;
  readonly context: Flag<string | undefined>;
  readonly 'max-document': Flag<number | undefined>;
  readonly 'max-members': Flag<number | undefined>;
  readonly 'max-layer-size': Flag<number | undefined>;
  readonly 'max-ratio': Flag<number | undefined>;
  readonly debug: Flag<boolean>;
  readonly help: Flag<boolean>;
};

/** Options that every command takes. */
export const GLOBAL_FLAGS: GlobalFlags = {
  json: switchFlag('one JSON document on standard output, its schema in schemas/'),
  quiet: switchFlag('no progress, no notes, no summary', { short: 'q' }),
  progress: choiceFlag('MODE', 'auto (a bar on a terminal), plain, json or none', PROGRESS_MODES, 'auto'),
  threads: valueFlag('N', 'threads that work at once; no output byte depends on it (default: up to 4)', parseCount),
  tmp: valueFlag('DIR', 'where temporary files go (default: $TMPDIR)', parseText, { path: true }),
  store: valueFlag('DIR', 'the local store (default: $INGOT_STORE, else $XDG_DATA_HOME/ingot)', parseText, {
    path: true,
  }),
  'lock-wait': valueFlag('SECONDS', 'how long to wait for others who use the store (default: 120)', parseCount),
  insecure: listFlag('HOST', 'a registry without TLS, or with a certificate nobody vouches for; repeatable', parseText),
  authfile: valueFlag(
    'FILE',
    'the only file with credentials for registries (default: as docker and podman)',
    parseText,
    {
      path: true,
    },
  ),
  creds: valueFlag(
    'USER:PASSWORD',
    'credentials for the one registry of this run; other users may see them',
    parseCredentials,
  ),
  ca: listFlag('FILE', 'PEM file of authorities to trust for registries; repeatable', parseText),
  host: valueFlag(
    'URL',
    "the Docker or Podman engine (default: $DOCKER_HOST, $CONTAINER_HOST, docker's context, a socket in a usual place)",
    parseText,
  ),
  context: valueFlag('NAME', "the engine of this context of docker's command line", parseText),
  'max-document': valueFlag(
    'SIZE',
    'largest manifest, index or config (default: 4M, 16M for lists of images)',
    parseBytes,
  ),
  'max-members': valueFlag('N', 'most members of one tar (default: 100000)', parseCount),
  'max-layer-size': valueFlag('SIZE', 'largest decompressed blob or outer file (default: 64G)', parseBytes),
  'max-ratio': valueFlag('N', 'most bytes that decompress from one (default: 2000)', parseCount),
  debug: switchFlag('on failure, also the stack on standard error'),
  help: switchFlag('this text', { short: 'h' }),
};
