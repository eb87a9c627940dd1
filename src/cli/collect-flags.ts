import { parseDuration } from '../operation/stock/measure.js';
import { type Flag, type FlagValues, switchFlag, valueFlag } from './flag.js';

type CollectFlags = {
  readonly grace: Flag<number | undefined>;
  readonly 'empty-trash': Flag<boolean>;
};

/** Options of commands that remove content. */
export const COLLECT_FLAGS: CollectFlags = {
  grace: valueFlag(
    'DURATION',
    'leave alone what came this short a time ago, such as 90s, 12h or 30d (default: as the store has it)',
    parseDuration,
  ),
  'empty-trash': switchFlag('also let go of what rests in the trash'),
};

export const collectOptions = (
  flags: FlagValues<CollectFlags>,
): { readonly grace?: number; readonly emptyTrash: boolean } => ({
  emptyTrash: flags['empty-trash'],
  ...(flags.grace === undefined ? {} : { grace: flags.grace }),
});
