import { readFileSync } from 'node:fs';

import { errorsInMemory, saveInMemory } from '../faults/in-memory.js';
import { dockerBase, hybridBase, layoutBase } from '../faults/bases.js';
import { SHAPES, smallTar } from '../faults/small-archives.js';
import { tarOf } from '../support/archive-builder.js';
import { expectSame } from './expect-same.js';
import { fuzzTests } from './fuzz.js';
import { changeMember, repairTar } from './repair.js';

const golden = (name: string): Uint8Array => readFileSync(new URL(`../../golden/inputs/${name}`, import.meta.url));

fuzzTests({
  name: 'archives',
  seeds: [
    ...SHAPES.map(smallTar),
    ...[dockerBase(), layoutBase(), hybridBase()].map((files) => tarOf(files)),
    ...['built/crane-legacy.tar', 'built/crane.tar', 'built/umoci-layout.tar', 'app/skopeo-oci.tar']
      .map(golden)
      .filter(({ length }) => length < 60_000),
  ],
  words: [
    'manifest.json',
    'index.json',
    'oci-layout',
    'repositories',
    '"RepoTags":["t:1"]',
    '"Layers":[]',
    'null',
    '{}',
    '[]',
    '"mediaType":',
    '"annotations":{}',
    '"org.opencontainers.image.ref.name":"',
    '"io.containerd.image.name":"',
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.docker.image.rootfs.diff.tar.gzip',
    '"diff_ids":[]',
    '"subject":',
    '"platform":{"os":"linux","architecture":"amd64"}',
    '"history":[]',
    '"empty_layer":true',
    'sha512:',
  ],
  changes: [
    (input, random, havoc) => changeMember(input, random.below(1000), havoc),
    (input, _random, havoc) => repairTar(havoc(input)),
  ],
  run: async (input) => {
    const outcome = await saveInMemory(input);
    if (outcome.state === 'refused') throw outcome.error;
    const again = await saveInMemory(outcome.archive);
    if (again.state === 'refused') throw new Error('a canonical archive is refused', { cause: again.error });
    expectSame('what is saved again', again.archive, outcome.archive);
    // `save` carries compressed layers of a layout by their digest alone; what is wrong inside of them stays wrong.
    const carried = new Set((await errorsInMemory(input)).map(({ code }) => code));
    const made = (await errorsInMemory(outcome.archive)).filter(({ code }) => !carried.has(code));
    expectSame('what verify finds in a canonical archive alone', made, []);
    return true;
  },
});
