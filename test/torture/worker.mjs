/**
 * One process of a torture run. It works on names of its own until somebody ends it, or until it ends itself at a step
 * of the store, and writes down before and after each change what it does: the runner knows from that what each name
 * may mean. Content is drawn from a small pool, so that processes and collectors meet over the same blobs.
 *
 *     node worker.mjs ROOT LOG ROLE SEED [STEP COUNT]
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { memorySource } from '../../dist/base/bytes.js';
import { verifiedBlobs } from '../../dist/content/blob.js';
import { collect } from '../../dist/store/collect.js';
import { commit } from '../../dist/store/commit.js';
import { findBlob, verifyFile } from '../../dist/store/content.js';
import { nameFromRefName } from '../../dist/content/name.js';
import { Reach } from '../../dist/store/reach.js';
import { openStoreSource } from '../../dist/store/source.js';
import { requireStore } from '../../dist/store/store.js';
import { readState, transact } from '../../dist/store/transact.js';

const [root, log, role, seed, step, count] = process.argv.slice(2);

/** mulberry32: the same seed does the same things. */
let state = Number(seed) >>> 0;
const random = (limit) => {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) % limit;
};

const write = (line) => appendFileSync(log, `${JSON.stringify(line)}\n`);

let left = Number(count ?? 0);
const onStep = (name) => {
  if (name !== step) return;
  left -= 1;
  if (left > 0) return;
  write({ what: 'kill', step });
  process.kill(process.pid, 'SIGKILL');
};

const store = await requireStore({ root, purpose: role, actor: 'torture', lockWait: 60_000, step: onStep });

const digestOf = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const imageOf = () => {
  const contents = new Map();
  const put = (text, mediaType) => {
    const bytes = Buffer.from(text);
    const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length, annotations: new Map() };
    contents.set(descriptor.digest, bytes);
    return descriptor;
  };
  const plain = ({ mediaType, digest, size }) => ({ mediaType, digest, size });
  const layers = Array.from({ length: 1 + random(3) }, () =>
    put(`layer ${random(8)} `.repeat(400), 'application/vnd.oci.image.layer.v1.tar'),
  );
  const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) };
  const config = put(
    JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs }),
    'application/vnd.oci.image.config.v1+json',
  );
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = put(
    JSON.stringify({ schemaVersion: 2, mediaType, config: plain(config), layers: layers.map(plain) }),
    mediaType,
  );
  return { manifest, content: [...layers, config, manifest], contents };
};

const names = Array.from({ length: 4 }, (_, index) => `torture.example/${role}:${index}`);

/** What each name may mean, by the log of those who worked on it before. */
const allowedBy = (text) => {
  const allowed = new Map(names.map((name) => [name, [null]]));
  let pending;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const { what, name, to } = JSON.parse(line);
    if (what === 'begin') pending = { name, to };
    if (what === 'begin') allowed.set(name, [...allowed.get(name), to]);
    if (what === 'end') allowed.set(pending.name, [pending.to]);
    if (what === 'is') allowed.set(name, [to]);
  }
  return allowed;
};

const meaningOf = async (name) => {
  const { index } = await readState(store);
  return index.entries.find(({ nameText }) => nameText === name)?.digest ?? null;
};

const violation = (kind, details) => write({ what: 'violation', kind, ...details });

/** All that a name leads to must be there, whole, whatever others do meanwhile. */
const checkWhole = async (name, digest) => {
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const parts = await new Reach(store.paths, store.limits).from([{ digest, mediaType, owner: name }]);
  for (const part of parts) {
    const blob = findBlob(store.paths, part);
    if (blob === undefined) violation('blob lost', { name, digest, part });
    else if (!(await verifyFile(blob.path, part))) violation('blob damaged', { name, digest, part });
  }
};

const change = async (name, to, action) => {
  write({ what: 'begin', name, to });
  await action();
  write({ what: 'end' });
  const now = await meaningOf(name);
  if (now !== to) violation('reference lost', { name, expected: to, found: now });
  if (now !== null) await checkWhole(name, now);
};

const load = (name) => {
  const { manifest, content, contents } = imageOf();
  const blobs = verifiedBlobs({
    open: async ({ digest }) => (contents.has(digest) ? memorySource(contents.get(digest), digest) : undefined),
  });
  const roots = [{ descriptor: manifest, names: [nameFromRefName(name)], isReferrer: false, isSparse: false }];
  return change(name, manifest.digest, () =>
    commit(store, { roots, content, blobs, operation: 'load', source: 'torture' }),
  );
};

const tag = async (from, name) => {
  const digest = await meaningOf(from);
  if (digest === null) return;
  await change(name, digest, () =>
    transact(store, 'tag', async (draft) => {
      const entry = draft.entryOf(from);
      draft.setName(nameFromRefName(name), entry, '');
      return { result: undefined, write: draft.journal.length > 0 };
    }),
  );
};

const remove = async (name) => {
  const digest = await meaningOf(name);
  if (digest === null) return;
  await change(name, null, () =>
    transact(store, 'rmi', async (draft) => {
      if (draft.namesOf(digest).length > 1) draft.dropName(name);
      else draft.removeImage(digest, [], 'removed', 'goes');
      return { result: undefined, write: true };
    }),
  );
};

/** Reads every blob of an image through a source, verified, while others remove and collect. */
const read = async (name) => {
  if ((await meaningOf(name)) === null) return;
  const source = await openStoreSource(store, [{ by: 'name', text: name }]);
  try {
    const blobs = verifiedBlobs(source.blobs);
    for (const { descriptor } of source.roots.filter((it) => it.name !== undefined)) {
      for await (const chunk of blobs.read(descriptor)) if (chunk.length === 0) return;
      await checkWhole(name, descriptor.digest);
    }
  } finally {
    await source.close();
  }
};

const writer = async () => {
  const allowed = allowedBy(existsSync(log) ? readFileSync(log, 'utf8') : '');
  for (const name of names) {
    const now = await meaningOf(name);
    if (!allowed.get(name).includes(now))
      violation('reference lost', { name, expected: allowed.get(name), found: now });
    write({ what: 'is', name, to: now });
    if (now !== null) await checkWhole(name, now);
  }
  for (;;) {
    const name = names[random(names.length)];
    const dice = random(10);
    if (dice < 5) await load(name);
    else if (dice < 7) await tag(names[random(names.length)], name);
    else if (dice < 9) await remove(name);
    else await read(name);
    write({ what: 'operation' });
  }
};

const collector = async () => {
  for (;;) {
    const plan = await collect(store, { grace: 0 });
    write({ what: 'operation', removed: plan.blobs.length });
    await new Promise((resolve) => setTimeout(resolve, random(40)));
  }
};

try {
  await (role.startsWith('collector') ? collector() : writer());
} catch (error) {
  violation('error', { code: error.code, message: String(error.message) });
  process.exitCode = 1;
}
