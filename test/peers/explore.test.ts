import { it, afterAll, beforeAll } from 'vitest';
import { gzipLayer, zstdLayer, plainLayer, imageIndex, layerTar, noise, ociImage, writeLayout } from './support/built-image.js';
import { saveArchive } from './support/ingot.js';
import { nameFromRepoTag } from '../../src/content/name.js';
import { ENGINE_NAMES, type Peers, preparePeers, GENERATIONS, newerProgram } from './support/peers.js';
import { runProgram } from './support/program.js';
let peers: Peers;
const N = 'registry.example/demo';
beforeAll(async () => { peers = await preparePeers('explore'); });
afterAll(async () => { await peers.stop(); });
const show = (label: string, r: {code:number|null; stdout: Buffer; stderr: string}) => {
  console.log(`## ${label}: rc ${r.code}\n${r.stdout.toString().slice(0,1500)}${r.stderr.slice(0,600)}`);
};
it('explores', async () => {
  const base = gzipLayer(layerTar({ 'etc/': '', 'etc/demo.conf': 'colour = green\n', 'etc/noise': noise(9000, 3) }));
  const tool = gzipLayer(layerTar({ 'opt/': '', 'opt/tool': 'a tool\n' }));
  const data = gzipLayer(layerTar({ 'data/': '', 'data/noise': noise(5000, 5) }));
  const arm = gzipLayer(layerTar({ 'opt/': '', 'opt/tool': 'another tool\n' }));
  const z = await zstdLayer(layerTar({ 'srv/': '', 'srv/z': noise(5000, 9) }));
  const app = ociImage([base, data, base]);
  const toolI = ociImage([base, tool]);
  const multi = imageIndex([toolI, ociImage([base, arm], { architecture: 'arm64' })]);
  const zs = ociImage([base, z, plainLayer(data.plain)]);
  await writeLayout(peers.path('src'), { [`${N}/app:1.0`]: app, [`${N}/tool:2`]: toolI, [`${N}/multi:1`]: multi, [`${N}/zstd:1`]: zs });
  const A: Record<string,string> = {};
  const src = `oci:${peers.path('src')}`;
  const mk = async (n: string, s: string[], o: Parameters<typeof saveArchive>[2]) => { const p = peers.path(`${n}.tar`); const r = await saveArchive(s, p, o); A[n] = p; console.log(n, JSON.stringify(r.images)); show(n, await runProgram('tar', ['-xOf', p, 'index.json'])); show(n, await runProgram('tar', ['-xOf', p, 'manifest.json'])); };
  await mk('hybrid', [`${src}:${N}/app:1.0`], {});
  await mk('oci', [`${src}:${N}/app:1.0`], { profile: 'oci-1' });
  await mk('plain', [`${src}:${N}/app:1.0`], { layers: 'none' });
  await mk('several', [`${src}:${N}/app:1.0`, `${src}:${N}/tool:2`], { names: [{ from: `${N}/tool:2`, to: nameFromRepoTag(`${N}/tool:2`) }, { from: toolI.digest, to: nameFromRepoTag(`${N}/alias:latest`) }] });
  await mk('severalOci', [`${src}:${N}/app:1.0`, `${src}:${N}/tool:2`], { profile: 'oci-1' });
  await mk('multi', [`${src}:${N}/multi:1`], {});
  await mk('multiOci', [`${src}:${N}/multi:1`], { profile: 'oci-1' });
  await mk('zstd', [`${src}:${N}/zstd:1`], {});
  await mk('port', [`${src}:${N}/app:1.0`], { names: [{ from: `${N}/app:1.0`, to: nameFromRepoTag('registry.example:5000/demo/app:1.0') }] });
  await mk('digest', [`${src}:${N}/app:1.0`], { names: [{ from: `${N}/app:1.0`, to: nameFromRepoTag(`${N}/app@${app.digest}`) }] });
  await mk('both', [`${src}:${N}/app:1.0`], { names: [{ from: `${N}/app:1.0`, to: nameFromRepoTag(`${N}/app:1.0@${app.digest}`) }] });
  for (const e of ENGINE_NAMES) {
    const d = await peers.engine(e);
    for (const [n, p] of Object.entries(A)) {
      show(`${e} load ${n}`, await d.tryDocker(['load', '-q', '-i', p]));
      const l = await d.docker(['images', '-a', '--no-trunc', '--digests', '--format', '{{.Repository}} {{.Tag}} {{.Digest}} {{.ID}}']);
      show('images', l);
      await d.tryDocker(['rmi', '-f', ...new Set(l.stdout.toString().split('\n').filter(x=>x).map(x => x.split(' ')[3]!))]);
    }
  }
  for (const g of GENERATIONS) {
    const { tryPodman } = await peers.podman(g);
    for (const [n, p] of Object.entries(A)) {
      show(`podman ${g} load ${n}`, await tryPodman(['load', '-i', p]));
      show('images', await tryPodman(['images', '-a', '--no-trunc', '--format', '{{.Repository}}:{{.Tag}} {{.Digest}} {{.ID}}']));
      await tryPodman(['rmi', '-a', '-f']);
    }
    const { trySkopeo } = await peers.skopeo(g);
    for (const [n, p] of Object.entries(A)) {
      for (const t of ['oci-archive', 'docker-archive']) for (const ref of ['', ':1.0', `:${N}/app:1.0`])
        show(`skopeo ${g} ${t} ${n} ${ref}`, await trySkopeo(['inspect', '--raw', `${t}:${p}${ref}`]));
    }
    const c = await peers.containerd(g);
    for (const [n, p] of Object.entries(A)) {
      show(`ctr ${g} import ${n}`, await c.importArchive(p).catch((e: Error) => ({code: 1, stdout: Buffer.from(e.message), stderr: ''})));
      const l = await c.ctr(['images', 'ls']);
      show('images', l);
      await c.tryCtr(['images', 'rm', '--sync', ...l.stdout.toString().split('\n').slice(1).filter(x=>x).map(x => x.split(' ')[0]!)]);
    }
    const { buildah } = await peers.buildah(g);
    const tb = (a: string[]) => buildah(a).catch((e: Error) => ({code: 1, stdout: Buffer.from(e.message), stderr: ''}));
    for (const [n, p] of Object.entries(A)) {
      show(`buildah ${g} pull ${n}`, await tb(['pull', '-q', `oci-archive:${p}:1.0`]));
      show(`buildah ${g} pull ${n}`, await tb(['pull', '-q', `oci-archive:${p}`]));
      show(`buildah ${g} pull d ${n}`, await tb(['pull', '-q', `docker-archive:${p}`]));
      show('images', await tb(['images', '-a', '--no-trunc']));
      await tb(['rmi', '-a', '-f']);
    }
    const { tryUmoci } = await peers.umoci(g);
    for (const [n, p] of Object.entries(A)) {
      const dir = peers.path(`u-${g}-${n}`);
      await runProgram('mkdir', [dir]); await runProgram('tar', ['-C', dir, '-xf', p]);
      show(`umoci ${g} ls ${n}`, await tryUmoci(['ls', '--layout', dir]));
      show(`umoci ${g} stat ${n}`, await tryUmoci(['stat', '--json', '--image', `${dir}:1.0`]));
    }
  }
  const reg = await peers.registry();
  for (const [n, p] of Object.entries(A)) {
    show(`crane digest ${n}`, await runProgram(newerProgram('crane'), ['digest', '--tarball', p]));
    show(`crane push ${n}`, await runProgram(newerProgram('crane'), ['push', '--insecure', p, `${reg.host}/crane/${n.toLowerCase()}:1`]));
    show(`crane push dir ${n}`, await runProgram(newerProgram('crane'), ['push', '--insecure', peers.path(`u-newer-${n}`), `${reg.host}/cranedir/${n.toLowerCase()}:1`]));
    show(`oras ${n}`, await runProgram(newerProgram('oras'), ['manifest', 'fetch', '--descriptor', '--oci-layout', `${p}:1.0`]));
    show(`oras tags ${n}`, await runProgram(newerProgram('oras'), ['repo', 'tags', '--oci-layout', p]));
  }
}, 600_000);
