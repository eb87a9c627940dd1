import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UNSAFE, hostileArchive } from './support/hostile.js';
import { golden } from './support/run.js';
import { inScratch } from './support/scratch.js';
import { APP, APP_DIGEST, APP_ID, TOOL, TOOL_DIGEST, TOOL_ID, withStock } from './support/stock.js';

inScratch();
const stock = withStock();

const short = (digest: string): string => digest.slice(7, 19);
const lines = async (...argv: string[]): Promise<readonly string[]> =>
  (await stock.ok(...argv)).split('\n').filter((line) => line !== '');

describe('images', () => {
  it('looks like docker', async () => {
    const [head, app, tool, ...rest] = await lines('images');
    expect(head).toMatch(/^REPOSITORY +TAG +IMAGE ID +IMPORTED +SIZE$/);
    expect(app).toMatch(/^registry\.example\/demo\/app +1\.0 +69f0ba4a96af +(just now|\d+ seconds? ago) +24\.1 kB$/);
    expect(tool).toMatch(/^registry\.example\/demo\/tool +2 +11e51a2d8e4b /);
    expect(rest).toEqual([]);
  });

  it('says why an image is there, and what keeps it', async () => {
    await stock.ok('tag', TOOL, APP);
    await stock.ok('pin', TOOL);
    const [head, ...rows] = await lines('images');
    expect(head).toMatch(/SIZE +REASON$/);
    expect(rows.find((row) => row.startsWith('<none>'))).toMatch(
      new RegExp(`dangling \\(was ${APP}, which means ${short(TOOL_DIGEST)} now\\)$`),
    );
    expect(rows.filter((row) => row.endsWith('  pinned'))).toHaveLength(1);
    expect(await lines('images', '--format', '{{.Reason}}|{{.Dangling}}|{{.Pinned}}')).toEqual([
      '|false|false',
      'pinned|false|true',
      expect.stringMatching(/^dangling.*\|true\|false$/) as string,
    ]);
  });

  it('shows whole IDs, digests and times', async () => {
    const [head, app] = await lines('images', '--no-trunc', '--digests');
    expect(head).toContain('DIGEST');
    expect(app).toContain(` ${APP_DIGEST}  ${APP_ID}  `);
    expect(app).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d/);
  });

  it('gives IDs, each once, with --quiet', async () => {
    await stock.ok('tag', APP, 'again');
    expect(await lines('images', '-q')).toEqual([short(APP_ID), short(TOOL_ID)]);
    expect(await lines('images', '-q', '--no-trunc')).toEqual([APP_ID, TOOL_ID]);
    expect(await lines('images', '-q', '--digests')).toEqual([APP_DIGEST, TOOL_DIGEST]);
  });

  it('shows names of one ID together', async () => {
    await stock.ok('tag', APP, 'again');
    const rows = (await lines('images', '--group')).slice(1);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatch(/^docker\.io\/library\/again +latest +69f0ba4a96af/);
    expect(rows[1]).toMatch(/^registry\.example\/demo\/app +1\.0$/);
    expect(await lines('images', '--group', '--format', '{{join .Names " "}} {{.RefCount}}')).toEqual([
      `docker.io/library/again:latest ${APP} 2`,
      `${TOOL} 1`,
    ]);
  });

  it.for([
    [['registry.example/demo/t*'], [TOOL]],
    [['registry.example/**'], [APP, TOOL]],
    [['nothing'], []],
    [['--filter', 'size>20kB'], [APP]],
    [['-f', 'size<20kB', '-f', 'dangling=false'], [TOOL]],
    [['--filter', `since=${TOOL}`], [APP]],
    [['--filter', 'label=registry.example.title', '--filter', `reference!=${TOOL}`], [APP]],
    [
      ['--sort', 'size'],
      [TOOL, APP],
    ],
    [
      ['--sort', 'size', '--reverse'],
      [APP, TOOL],
    ],
    [['--filter', 'until=1h'], []],
  ] as const)('takes patterns, filters and an order: %j', async ([argv, expected]) => {
    expect(await lines('images', '--format', '{{.Name}}', ...argv)).toEqual(expected);
  });

  it('reports as JSON', async () => {
    await stock.ok('lease', 'add', APP);
    expect(await stock.json('images-report', 'images', APP)).toMatchObject({
      store: expect.stringContaining('stock') as string,
      images: [{ names: [APP], nameCount: 1, imageID: APP_ID, leased: true, leases: [expect.any(String)] }],
    });
  });

  it('shows what belongs to others with --all', async () => {
    expect((await stock.run('copy', `oci:${golden('oci/referrers')}`, 'store:')).code).toBe(0);
    const some = await lines('images', '--format', '{{.Kind}}');
    const all = await lines('images', '--all', '--format', '{{.Reason}} {{.Subject}}');
    expect(all.length).toBeGreaterThan(some.length);
    expect(all.filter((line) => /^refers to [0-9a-f]{12} sha256:/.test(line)).length).toBe(all.length - some.length);
  });

  it('knows the templates of docker and podman', async () => {
    const format = 'table {{.Repository}}\\t{{.Tag}}\\t{{.ID}}';
    expect(await lines('images', '--format', format)).toEqual([
      'REPOSITORY                  TAG  IMAGE ID',
      'registry.example/demo/app   1.0  69f0ba4a96af',
      'registry.example/demo/tool  2    11e51a2d8e4b',
    ]);
    expect(await lines('images', '--format', '{{range .Names}}{{.}}{{"\\n"}}{{end}}')).toEqual([APP, TOOL]);
    expect(await lines('images', '--format', '{{range .}}{{.ID}} {{end}}')).toEqual(['69f0ba4a96af 11e51a2d8e4b ']);
    const [first] = await lines('images', '--format', 'json', APP);
    expect(JSON.parse(first ?? '')).toMatchObject({ ID: short(APP_ID), Names: [APP], RefCount: 1, Containers: 'N/A' });
    expect((await lines('images', '--format', 'table'))[0]).toMatch(/^REPOSITORY/);
    expect(await lines('images', APP, '--format', '{{.CreatedAt}} {{index .Labels "registry.example.title"}}')).toEqual(
      ['2024-02-29T12:34:56Z Größe & <Gewicht>'],
    );
  });

  it.for([
    [['--format', '{{if}}'], { subject: '--format' }],
    [['--filter', 'colour=red'], { subject: '--filter' }],
    [['--filter', 'dangling=perhaps'], {}],
    [['--sort', 'colour'], { subject: '--sort' }],
  ] as const)('refuses %j', async ([argv, details]) => {
    expect(await stock.fail('images', ...argv)).toMatchObject({ code: 2, error: { code: 'USAGE', ...details } });
  });

  it.for([
    [
      'images --format {{.References}}',
      /^ingot: USAGE: --format: can't evaluate field: .*Repository.*found "References"\n/,
    ],
    ['images --format {{.Sizes}}', /\nhint: did you mean \.Size\?\n/],
    [`inspect ${APP} -f {{.Bogus}}`, /found "Bogus"\n/],
    [`inspect ${APP} -f {{.Config.Bogus}}`, /WorkingDir.*found "Bogus"\n/],
    ['df --format {{.Name}}', /expected Part, Size, Bytes, Description, found "Name"\n/],
  ] as const)('names the fields that there are: %s', async ([line, message]) => {
    const { code, stdout, stderr } = await stock.run(...line.split(' '));
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) as string });
  });

  it('has no template beside --json', async () => {
    const { code, stderr } = await stock.run('images', '--format', 'json', '--json');
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('USAGE') as string });
  });

  it('of a store that nobody has made is empty', async () => {
    expect(await lines('images', '--store', 'nowhere')).toEqual([expect.stringMatching(/^REPOSITORY/)]);
    expect(await lines('images', '-q', '--store', 'nowhere')).toEqual([]);
    expect(await stock.json('images-report', 'images', '--store', 'nowhere')).toMatchObject({ images: [] });
  });

  it('lets nothing of an image move the cursor', async () => {
    writeFileSync('hostile.tar', hostileArchive());
    await stock.ok('copy', 'hostile.tar', 'store:');
    for (const format of [
      '{{.Labels}}',
      '{{json .}}',
      '{{range $k, $v := .Labels}}{{$k}}{{$v}}{{end}}',
      '{{.CreatedAt}}',
    ]) {
      const stdout = await stock.ok('images', '--format', format);
      expect(stdout).not.toMatch(UNSAFE);
    }
    expect(await stock.ok('inspect', 'hostile:1', '--format', '{{.Config}}{{.Author}}{{json .}}')).not.toMatch(UNSAFE);
    expect(await stock.ok('images', '--json')).not.toMatch(UNSAFE);
  });
});

describe('inspect --format', () => {
  it('knows the fields of docker', async () => {
    const fields =
      '{{.Id}}|{{.Os}}/{{.Architecture}}|{{.RepoTags}}|{{.RepoDigests}}|{{len .RootFS.Layers}}|{{.Created}}';
    expect(await stock.ok('inspect', APP, '--format', fields)).toBe(
      `${APP_ID}|linux/amd64|[${APP}]|[registry.example/demo/app@${APP_DIGEST}]|5|2024-02-29T12:34:56Z\n`,
    );
    const config = JSON.parse(await stock.ok('inspect', APP, '-f', '{{json .Config}}')) as Record<string, unknown>;
    expect(config).toMatchObject({ Labels: { 'registry.example.title': 'Größe & <Gewicht>' }, Hostname: '' });
    expect(await stock.ok('inspect', APP, '-f', '{{index .Config.Labels "registry.example.title"}}')).toBe(
      'Größe & <Gewicht>\n',
    );
    expect(await stock.ok('inspect', APP, '-f', '{{.Config.Healthcheck}}{{with .Config.Domainname}}x{{end}}')).toBe(
      '<no value>\n',
    );
    expect(
      await stock.ok('inspect', APP, '-f', '{{range .Layers}}{{printf "%.12s" (slice .Digest 7)}} {{end}}'),
    ).toMatch(/^([0-9a-f]{12} ){5}\n$/);
  });

  it('knows indexes, and any location', async () => {
    const multi = `oci:${golden('multi/oras-layout')}`;
    expect(await stock.ok('inspect', multi, '-f', '{{range .Manifests}}{{.Platform}} {{end}}|{{.Os}}')).toMatch(
      /^linux\/amd64 .*\|\n$/,
    );
    expect(
      await stock.ok('inspect', multi, '--platform', 'linux/amd64', '-f', '{{.Platform}} {{len .Manifests}}'),
    ).toBe('linux/amd64 0\n');
    expect((await lines('inspect', golden('hybrid/containerd-two.tar'), '-f', '{{.Id}}')).toSorted()).toEqual(
      [APP_ID, TOOL_ID].toSorted(),
    );
    expect(await lines('inspect', APP, '--format', 'table {{.Os}}\\t{{.Size}}')).toEqual([
      'OS     SIZE',
      expect.stringMatching(/^linux  \d+$/),
    ]);
  });

  it('is alone', async () => {
    for (const other of ['--raw', '--config']) {
      expect((await stock.run('inspect', APP, '-f', 'json', other)).code).toBe(2);
    }
  });
});
