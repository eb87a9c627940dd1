import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IMAGE_FIELDS, imageFields } from '../../src/cli/render/images.js';
import { INSPECT_FIELDS, inspectFields } from '../../src/cli/render/inspect-fields.js';
import { formatRows, parseRowFormat } from '../../src/cli/template/format.js';
import { contextWith } from '../../src/operation/context.js';
import { inspect } from '../../src/operation/inspect.js';
import { DEFAULT_IMAGES, images } from '../../src/operation/stock/images.js';
import { DEFAULT_SETTINGS } from '../../src/format/profile.js';
import { DEFAULT_TRANSFER } from '../../src/operation/prepare.js';
import type { StockContext } from '../../src/operation/store-context.js';
import { load } from '../../src/operation/transfer.js';
import { type Peers, GENERATIONS, engineAvailable, preparePeers, toolAvailable } from './support/peers.js';

const ARCHIVE = join(import.meta.dirname, '../../golden/inputs/app/docker-save.tar');
const NAME = 'registry.example/demo/app:1.0';

/** Templates that say the same about an image wherever it lies. */
const OF_ALL = [
  '{{.Os}}/{{.Architecture}}',
  '{{.RepoTags}}',
  '{{json .RepoTags}}',
  '{{index .RepoTags 0}}',
  '{{json .RootFS.Layers}}',
  '{{.RootFS.Type}} {{len .RootFS.Layers}}',
  '{{range .RootFS.Layers}}{{slice . 7 19}} {{end}}',
  '{{json .Config.Cmd}}',
  '{{json .Config.Env}}',
  '{{range $i, $e := .Config.Env}}{{if $i}}; {{end}}{{$e}}{{end}}',
  '{{range .Config.Env}}{{println .}}{{end}}',
  '{{join .Config.Env ","}}',
  '{{.Config.User}}|{{.Config.WorkingDir}}',
  '{{index .Config.Labels "registry.example.title"}}',
  '{{with .Config.Entrypoint}}{{.}}{{else}}none{{end}}',
  '{{printf "%-12s|%q" .Architecture .Os}}',
  '{{if eq .Os "linux"}}{{upper .Os}}{{end}}',
  'plain',
];

/** Docker's alone: podman has no `sha256:` before its IDs, and writes times in another way. */
const OF_DOCKER = ['{{.Id}}', '{{.Created}}', '{{json .Config.Labels}}', '{{.Author}}', '{{json .RootFS}}'];

describe('--format says what it says elsewhere', () => {
  let peers: Peers;
  let context: StockContext;
  beforeAll(async () => {
    peers = await preparePeers('format');
    context = { ...contextWith({ pathExists: existsSync }), store: { root: peers.path('store'), actor: 'tester' } };
    const options = { ...DEFAULT_TRANSFER, settings: DEFAULT_SETTINGS, durable: false };
    await load(ARCHIVE, { text: 'store:' }, options, context);
  });
  afterAll(async () => {
    await peers.stop();
  });

  const ours = async (template: string): Promise<string> => {
    const report = await inspect(`store:${NAME}`, context);
    return `${formatRows(parseRowFormat(template), inspectFields(report), INSPECT_FIELDS, () => []).join('\n')}\n`;
  };
  const list = async (template: string): Promise<string> => {
    const rows = imageFields(await images(DEFAULT_IMAGES, context), { whole: false, digests: false });
    return `${formatRows(parseRowFormat(template), rows, IMAGE_FIELDS, () => []).join('\n')}\n`;
  };
  /** Columns apart by any number of blanks. */
  const loose = (text: string): string => text.replaceAll(/ +/g, ' ');

  it.skipIf(!engineAvailable('docker 20'))('by docker', async () => {
    const engine = await peers.engine('docker 20');
    await engine.docker(['load', '-i', ARCHIVE]);
    for (const template of [...OF_ALL, ...OF_DOCKER]) {
      const { stdout } = await engine.docker(['image', 'inspect', '--format', template, NAME]);
      expect(await ours(template), template).toBe(stdout.toString());
    }
    for (const template of [
      '{{.Repository}}:{{.Tag}} {{.ID}}',
      '{{.Repository}}\\t{{.Tag}}',
      'table {{.Repository}}\\t{{.Tag}}\\t{{.ID}}',
      'table {{upper .Tag}}\\t{{.Repository | lower}}',
    ]) {
      const { stdout } = await engine.docker(['images', '--format', template]);
      expect(loose(await list(template)), template).toBe(loose(stdout.toString()));
    }
  });

  for (const generation of GENERATIONS) {
    it.skipIf(!toolAvailable('podman', generation))(`by podman ${generation}`, async () => {
      const tool = await peers.podman(generation);
      await tool.podman(['load', '-i', ARCHIVE]);
      for (const template of OF_ALL) {
        const { stdout } = await tool.podman(['image', 'inspect', '--format', template, NAME]);
        expect((await ours(template)).trimEnd(), template).toBe(stdout.toString().trimEnd());
      }
      for (const template of ['{{.Repository}} {{.Tag}} {{.ID}}', '{{range .}}{{.ID}};{{end}}', '{{.Names}}']) {
        const { stdout } = await tool.podman(['images', '--format', template]);
        expect(loose(await list(template)).trimEnd(), template).toBe(loose(stdout.toString()).trimEnd());
      }
    });
  }
});
