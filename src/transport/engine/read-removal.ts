import { compareBytes } from '../../base/order.js';
import type { Cursor } from '../../oci/decode.js';
import type { RemovalResult } from './engine.js';
import { fullNames, textOf, tryImageID } from './names.js';

/** What a removal did: `[{"Untagged":…},{"Deleted":…}]` in an order that differs between engines. */
export const readRemoval = (document: Cursor): Extract<RemovalResult, { readonly outcome: 'done' }> => {
  const items = document.optional((list) => list.array(), 'null is absent') ?? [];
  const texts = (key: string): readonly string[] =>
    items.map((item) => textOf(item.field(key))).filter((text) => text !== '');
  return {
    outcome: 'done',
    untagged: fullNames(texts('Untagged')),
    deleted: texts('Deleted')
      .map(tryImageID)
      .filter((id) => id !== undefined)
      .toSorted(compareBytes),
  };
};
