import { compareBytes } from '../../base/order.js';
import { namePattern } from '../../store/pattern.js';
import { withLock } from '../../store/store.js';
import { readState } from '../../store/transact.js';
import type { OperationContext } from '../context.js';
import { storeToRead, withStore } from '../store-context.js';

/**
 * The names in the store that fit a pattern, sorted; none where there is no store.
 * @throws {ToolError} STORE_LOCKED, STORE_INDEX_INVALID, STORE_STATE_INVALID; system errors
 */
export const matchingNames = async (pattern: string, context: OperationContext): Promise<readonly string[]> => {
  const store = await storeToRead(withStore(context, pattern), 'read');
  if (store === undefined) return [];
  const { index } = await withLock(store, 'shared', readState);
  const fits = namePattern(pattern);
  return index.entries
    .flatMap(({ nameText }) => (nameText !== '' && fits(nameText) ? [nameText] : []))
    .toSorted(compareBytes);
};
