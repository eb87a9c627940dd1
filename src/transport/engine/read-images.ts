import { compareBytes } from '../../base/order.js';
import type { Cursor } from '../../oci/decode.js';
import { parseDigest } from '../../oci/digest.js';
import type { EngineImage, EngineImageDetail, EngineStore } from './engine.js';
import { fullNames, imageID, integerOf, stringsOf, textOf, tryImageID } from './names.js';

/** The answers of `GET /images/json` and `GET /images/NAME/json`. */

const labelsOf = (cursor: Cursor): ReadonlyMap<string, string> =>
  cursor.optional((field) => field.stringMap(), 'null is absent') ?? new Map();

const namesOf = (cursor: Cursor): Pick<EngineImage, 'names' | 'digests'> => ({
  names: fullNames(stringsOf(cursor.field('RepoTags'))).filter((name) => !name.includes('@')),
  digests: fullNames(stringsOf(cursor.field('RepoDigests'))),
});

const parentOf = (text: string): Pick<EngineImage, 'parent'> => {
  const parent = tryImageID(text);
  return parent === undefined ? {} : { parent };
};

export const readImages = (document: Cursor): readonly EngineImage[] =>
  (document.optional((list) => list.array(), 'null is absent') ?? [])
    .map((item) => ({
      id: imageID(item.field('Id')),
      ...namesOf(item),
      ...parentOf(textOf(item.field('ParentId'))),
      size: Math.max(0, integerOf(item.field('Size'))),
      created: integerOf(item.field('Created')),
      labels: labelsOf(item.field('Labels')),
    }))
    .toSorted((a, b) => compareBytes(a.id, b.id));

const digestsOf = (item: Cursor, id: EngineImage['id'], store: EngineStore): Partial<EngineImageDetail> => {
  const described = item.field('Descriptor').optional((field) => field.field('digest').string(), 'null is absent');
  if (store === 'containerd') return { manifestDigest: described === undefined ? id : parseDigest(described) };
  return { configDigest: id };
};

export const readImage = (item: Cursor, store: EngineStore): EngineImageDetail => {
  const id = imageID(item.field('Id'));
  const created = textOf(item.field('Created'));
  const variant = textOf(item.field('Variant'));
  return {
    id,
    ...namesOf(item),
    ...parentOf(textOf(item.field('Parent'))),
    size: Math.max(0, integerOf(item.field('Size'))),
    ...(created === '' ? {} : { created }),
    platform: {
      os: textOf(item.field('Os')),
      architecture: textOf(item.field('Architecture')),
      ...(variant === '' ? {} : { variant }),
    },
    diffIDs: stringsOf(item.field('RootFS').field('Layers')).map((text) => parseDigest(text)),
    ...digestsOf(item, id, store),
  };
};
