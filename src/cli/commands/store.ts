import { ToolError } from '../../base/error.js';
import { excerpt } from '../../base/escape.js';
import { initStock, migrateStock, resetStock, stockInfo } from '../../operation/stock/admin.js';
import type { StoreReport } from '../../operation/stock/report.js';
import { type StockContext, withStore } from '../../operation/store-context.js';
import { type Command, defineCommand } from '../command.js';
import { switchFlag } from '../flag.js';
import { storeLines } from '../render/store.js';
import { SETTING_FLAGS, migrateOptions } from '../store-flags.js';

const ACTIONS = ['init', 'info', 'migrate', 'reset'] as const;
type Action = (typeof ACTIONS)[number];

const actionOf = (text: string): Action => {
  const action = ACTIONS.find((known) => known === text);
  if (action !== undefined) return action;
  throw new ToolError('USAGE', 'not one of the actions', {
    expected: ACTIONS.join(', '),
    found: `"${excerpt(text)}"`,
    hint: 'see: ingot store --help',
  });
};

/** Everything goes, so the path must be said, and not only be what the environment happens to hold. */
const resetTyped = (path: string | undefined, context: StockContext): Promise<StoreReport> => {
  if (path !== undefined) return resetStock(path, context);
  throw new ToolError('USAGE', 'the path of the store must be typed', {
    expected: 'ingot store reset PATH',
    hint: 'ingot store info shows the path; everything in the store goes, the trash included',
  });
};

/** `store`: the store as a whole. */
export const storeCommand: Command = defineCommand({
  name: 'store',
  synopsis: 'init [--adopt] | info | migrate [SETTING...] | reset PATH',
  about:
    'Makes the local store, tells where it is and how it is set, changes its settings, or removes everything in it.',
  operands: { name: 'ACTION', min: 1, max: 2 },
  flags: { adopt: switchFlag('for init: make a store of an image layout that is there'), ...SETTING_FLAGS },
  examples: [
    { line: 'ingot store init', says: 'an empty store; load makes one too' },
    { line: 'ingot store info', says: 'where it is, what is in it, how it is set' },
    { line: "ingot store migrate --trash 30d --immutable '**:v*'", says: 'removed images rest for a month' },
  ],
  run: async (flags, [text = '', path], session) => {
    const action = actionOf(text);
    const context = withStore(session.context, 'store:');
    const options = migrateOptions(flags);
    if (path !== undefined && action !== 'reset')
      throw new ToolError('USAGE', 'one word too many', {
        found: `"${excerpt(path)}"`,
        hint: 'see: ingot store --help',
      });
    if (flags.adopt && action !== 'init') throw new ToolError('USAGE', '--adopt is for store init');
    if (options.isChange && action !== 'migrate') throw new ToolError('USAGE', 'settings are for store migrate');
    const report = await {
      init: () => initStock({ adopt: flags.adopt }, context),
      info: () => stockInfo(context),
      migrate: () => migrateStock(options, context),
      reset: () => resetTyped(path, context),
    }[action]();
    await session.print(report, () => storeLines(report, action));
    return 'done';
  },
});
