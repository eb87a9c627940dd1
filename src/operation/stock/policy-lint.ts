import { lintPolicy } from '../../store/policy/lint.js';
import { withLock } from '../../store/store.js';
import { readState } from '../../store/transact.js';
import { type StockContext, storeToRead } from '../store-context.js';
import { loadPolicy } from './policy.js';
import type { PolicyLintReport } from './policy-report.js';
import { policyStockOf } from './policy-stock.js';

/**
 * `policy lint`: what is odd about a policy, by itself and for the store if there is one.
 * @throws {ToolError} POLICY_INVALID, JSON_*; STORE_LOCKED, STORE_INDEX_INVALID, STORE_STATE_INVALID; system errors
 */
export const lintByPolicy = async (path: string, context: StockContext): Promise<PolicyLintReport> => {
  const policy = await loadPolicy(path, context);
  const store = await storeToRead(context, 'policy lint');
  const stock =
    store === undefined
      ? undefined
      : await withLock(store, 'shared', async (held) => policyStockOf(held, await readState(held), policy));
  const findings = lintPolicy(policy, stock);
  return {
    policy: path,
    ...(store === undefined ? {} : { store: store.paths.root }),
    sound: !findings.some(({ severity }) => severity === 'error'),
    findings,
  };
};
