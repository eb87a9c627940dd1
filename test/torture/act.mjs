/**
 * One operation on a store in a process of its own, for tests that take something away from it: space, rights, handles,
 * its life. Prints what came of it.
 *
 *     node act.mjs ROOT load NAME LAYERS BYTES | tag FROM TO | rmi NAME | gc | images | read NAME
 *
 * With `ACT_HANDLES` only so many more files can be opened.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync } from 'node:fs';
import { memorySource } from '../../dist/base/bytes.js';
import { DEFAULT_LIMITS } from '../../dist/base/limits.js';
import { verifiedBlobs } from '../../dist/content/blob.js';
import { loadGraph } from '../../dist/content/load-graph.js';
import { contextWith } from '../../dist/operation/context.js';
import { DEFAULT_IMAGES, images } from '../../dist/operation/stock/images.js';
import { tag } from '../../dist/operation/stock/names.js';
import { gc } from '../../dist/operation/stock/prune.js';
import { DEFAULT_RMI, rmi } from '../../dist/operation/stock/remove.js';
import { nameFromRefName } from '../../dist/content/name.js';
import { initStore } from '../../dist/store/init.js';
import { writeToStore } from '../../dist/store/sink.js';
import { openStoreSource } from '../../dist/store/source.js';
import { requireStore } from '../../dist/store/store.js';

const [root, verb, ...args] = process.argv.slice(2);
const settings = { root, actor: 'act', lockWait: 20_000, purpose: verb };
const context = { ...contextWith({ pathExists: existsSync }), store: settings };

/** An image that its name alone decides. */
const imageOf = (name, count, bytes) => {
  const contents = new Map();
  const put = (content, mediaType) => {
    const value = Buffer.from(content);
    const digest = `sha256:${createHash('sha256').update(value).digest('hex')}`;
    contents.set(digest, value);
    return { mediaType, digest, size: value.length };
  };
  const layers = Array.from({ length: count }, (_, index) =>
    put(
      `${name} ${index} `.repeat(Math.ceil(bytes / name.length)).slice(0, bytes),
      'application/vnd.oci.image.layer.v1.tar',
    ),
  );
  const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) };
  const config = put(
    JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs }),
    'application/vnd.oci.image.config.v1+json',
  );
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = put(JSON.stringify({ schemaVersion: 2, mediaType, config, layers }), mediaType);
  const blobs = {
    open: async ({ digest }) => (contents.has(digest) ? memorySource(contents.get(digest), digest) : undefined),
  };
  return { descriptor: { ...manifest, annotations: new Map() }, blobs };
};

const load = async (name, count, bytes) => {
  const { descriptor, blobs } = imageOf(name, Number(count), Number(bytes));
  const roots = [{ descriptor, name: nameFromRefName(name) }];
  const { graph } = await loadGraph(
    { name: 'memory', kind: 'oci-layout', roots, blobs, notes: [], close: async () => {} },
    DEFAULT_LIMITS,
  );
  const store = await initStore(settings, { adopt: false });
  await writeToStore(store, graph, blobs, { operation: 'load', source: 'memory', allowSparse: false });
  return descriptor.digest;
};

const read = async (name) => {
  const source = await openStoreSource(await requireStore(settings), [{ by: 'name', text: name }]);
  let bytes = 0;
  try {
    const { graph } = await loadGraph(source, DEFAULT_LIMITS);
    const blobs = verifiedBlobs(source.blobs);
    for (const { descriptor } of graph.nodes.values())
      for await (const chunk of blobs.read(descriptor)) bytes += chunk.length;
  } finally {
    await source.close();
  }
  return bytes;
};

const verbs = {
  load,
  read,
  tag: (from, to) => tag(from, [to], {}, context),
  rmi: (name) => rmi([name], { ...DEFAULT_RMI, purge: true }, context),
  gc: () => gc({ dryRun: false, grace: 0 }, context),
  images: () => images(DEFAULT_IMAGES, context),
};

const leaveHandles = (count) => {
  const taken = [];
  try {
    for (;;) taken.push(openSync('/dev/null'));
  } catch {
    for (const handle of taken.slice(-count)) closeSync(handle);
  }
};

try {
  if (process.env.ACT_HANDLES !== undefined) leaveHandles(Number(process.env.ACT_HANDLES));
  console.log(JSON.stringify({ result: await verbs[verb](...args) }));
} catch (error) {
  console.log(
    JSON.stringify({ code: error.code ?? 'UNKNOWN', message: String(error.message), stack: String(error.stack) }),
  );
}
