import { ToolError } from '../../base/error.js';
import { excerpt } from '../../base/escape.js';
import { addLease, leases, removeLeases } from '../../operation/stock/lease.js';
import { parseDuration } from '../../operation/stock/measure.js';
import { withStore } from '../../operation/store-context.js';
import { type Command, defineCommand } from '../command.js';
import { listFlag, switchFlag, valueFlag } from '../flag.js';
import { leaseLines } from '../render/leases.js';

const WORDS = ['ls', 'add', 'rm'] as const;

const parseLabel = (text: string): readonly [string, string] => {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new ToolError('USAGE', 'not a label', { expected: 'KEY=VALUE', found: `"${excerpt(text)}"` });
};

/** `lease`: content that stays for a time, whatever happens to its names. */
export const leaseCommand: Command = defineCommand({
  name: 'lease',
  synopsis: 'ls | add IMAGE... | rm ID...',
  about:
    'A lease keeps images from rmi and prune for a time, such as while a job needs them. add prints the id of the new ' +
    'lease; rm takes an id or the beginning of one. Processes that work on the store have leases of their own.',
  operands: { name: 'ls, add or rm', min: 1, max: Infinity, images: true },
  flags: {
    expires: valueFlag(
      'DURATION',
      'how long it lasts, such as 90s, 12h or 30d (default: as the store has it)',
      parseDuration,
    ),
    purpose: valueFlag('TEXT', 'what it is for', String),
    label: listFlag('KEY=VALUE', 'a note; repeatable', parseLabel),
    'no-trunc': switchFlag('whole ids and digests'),
  },
  examples: [
    { line: 'ingot lease add --expires 24h --label job=17 registry.example/demo/app:1.0', says: 'for a day' },
    { line: 'ingot lease ls', says: 'who keeps what' },
  ],
  run: async (flags, [word, ...targets], session) => {
    const context = withStore(session.context, 'lease');
    const known = WORDS.find((one) => one === word);
    if (known === undefined || (known === 'ls') !== (targets.length === 0)) {
      throw new ToolError('USAGE', known === undefined ? 'no such word' : 'wrong number of words', {
        expected: 'ingot lease ls | add IMAGE... | rm ID...',
        found: `"${excerpt(word ?? '')}"`,
      });
    }
    if (known === 'rm') {
      const report = await removeLeases(targets, context);
      await session.summarize(report, () => report.leases.map(({ id }) => `removed: ${id}`));
      return 'done';
    }
    const report =
      known === 'ls'
        ? await leases(context)
        : await addLease(
            targets,
            {
              purpose: flags.purpose ?? '',
              labels: Object.fromEntries(flags.label),
              ...(flags.expires === undefined ? {} : { duration: flags.expires }),
            },
            context,
          );
    const isShort = known === 'add' || session.flags.quiet;
    await session.print(report, () =>
      isShort ? report.leases.map(({ id }) => id) : leaseLines(report, flags['no-trunc']),
    );
    return 'done';
  },
});
