/** Makes the archives that are measured: own content, the same on every machine. */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BLOCK = 512;
const CHUNK = 1 << 20;

/** A mebibyte that deflate makes a little smaller, as file systems of images are; another one for each number. */
const mebibyte = (number) => {
  const bytes = Buffer.alloc(CHUNK);
  let x = (number * 2654435761 + 1) >>> 0 || 1;
  for (let at = 0; at < CHUNK; at += 8) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    bytes.writeUInt32LE(x >>> 0, at);
    bytes.writeUInt32LE((x & 0x0f0f0f0f) >>> 0, at + 4);
  }
  return bytes;
};

const header = (name, size, type = '0') => {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\0' + '00', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
};

const padding = (size) => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** The chunks of a layer: one file of so many mebibytes. */
function* layerChunks(index, mebibytes) {
  yield header(`data/${index}.bin`, mebibytes * CHUNK);
  for (let block = 0; block < mebibytes; block++) yield mebibyte(index * 100_003 + block);
  yield Buffer.alloc(2 * BLOCK);
}

const layerFacts = (index, mebibytes) => {
  const hash = createHash('sha256');
  let size = 0;
  for (const chunk of layerChunks(index, mebibytes)) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { hex: hash.digest('hex'), size };
};

const configOf = (diffIDs) =>
  Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Cmd: ['/bin/true'] },
      rootfs: { type: 'layers', diff_ids: diffIDs.map((hex) => `sha256:${hex}`) },
      history: diffIDs.map((_, index) => ({ created: '2020-01-01T00:00:00Z', created_by: `layer ${index}` })),
    }),
  );

const writeOnce = (path, write) => {
  if (existsSync(path)) return path;
  const fd = openSync(`${path}.partial`, 'w');
  const put = (bytes) => writeSync(fd, bytes);
  const member = (name, bytes) => {
    put(header(name, bytes.length));
    put(bytes);
    put(padding(bytes.length));
  };
  write({ put, member });
  put(Buffer.alloc(2 * BLOCK));
  closeSync(fd);
  renameSync(`${path}.partial`, path);
  return path;
};

/** A docker-archive of uncompressed layers. */
export const makeDockerArchive = (directory, name, layerSizes) => {
  mkdirSync(directory, { recursive: true });
  return writeOnce(join(directory, name), ({ put, member }) => {
    const layers = layerSizes.map((mebibytes, index) => ({ ...layerFacts(index, mebibytes), index, mebibytes }));
    for (const layer of layers) {
      put(header(`${layer.hex}.tar`, layer.size));
      for (const chunk of layerChunks(layer.index, layer.mebibytes)) put(chunk);
      put(padding(layer.size));
    }
    const config = configOf(layers.map((layer) => layer.hex));
    member(`${sha256(config)}.json`, config);
    const item = {
      Config: `${sha256(config)}.json`,
      RepoTags: ['bench.example/big:1'],
      Layers: layers.map((layer) => `${layer.hex}.tar`),
    };
    member('manifest.json', Buffer.from(JSON.stringify([item])));
  });
};

/** An oci-archive of gzip layers. */
export const makeOciArchive = (directory, name, layerSizes) => {
  mkdirSync(directory, { recursive: true });
  return writeOnce(join(directory, name), ({ put, member }) => {
    const layers = layerSizes.map((mebibytes, index) => {
      const bytes = gzipSync(Buffer.concat([...layerChunks(index + 50, mebibytes)]), { level: 1 });
      return { bytes, digest: sha256(bytes), size: bytes.length, diffID: layerFacts(index + 50, mebibytes).hex };
    });
    const config = configOf(layers.map((layer) => layer.diffID));
    const descriptor = (mediaType, digest, size) => ({ mediaType, digest: `sha256:${digest}`, size });
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: descriptor('application/vnd.oci.image.config.v1+json', sha256(config), config.length),
        layers: layers.map((layer) =>
          descriptor('application/vnd.oci.image.layer.v1.tar+gzip', layer.digest, layer.size),
        ),
      }),
    );
    const root = descriptor('application/vnd.oci.image.manifest.v1+json', sha256(manifest), manifest.length);
    const annotations = { 'org.opencontainers.image.ref.name': '1' };
    member('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
    member('index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [{ ...root, annotations }] })));
    for (const layer of layers) {
      put(header(`blobs/sha256/${layer.digest}`, layer.size));
      put(layer.bytes);
      put(padding(layer.size));
    }
    member(`blobs/sha256/${sha256(config)}`, config);
    member(`blobs/sha256/${sha256(manifest)}`, manifest);
  });
};

/** Bytes of a file. */
export const sizeOf = (path) => statSync(path).size;
