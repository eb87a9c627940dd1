import { ToolError } from '../base/error.js';
import { escapeText } from '../base/escape.js';
import { type Digest, parseDigest } from '../oci/digest.js';
import { writeSmall } from '../operation/host.js';
import { utf8 } from '../base/bytes.js';
import { applyPolicy, planByPolicy } from '../operation/stock/policy.js';
import { FOREIGN_KINDS, convertForeign, policyText } from '../operation/stock/policy-convert.js';
import { lintByPolicy } from '../operation/stock/policy-lint.js';
import { withStore } from '../operation/store-context.js';
import type { Outcome } from './exit-code.js';
import { type Flag, type FlagValues, parseText, switchFlag, valueFlag } from './flag.js';
import { policyLines, policyLintLines } from './render/policy.js';
import { noteLine } from './render/report.js';
import type { Session } from './session.js';

const parsePlan = (text: string): Digest => parseDigest(text);

type ForeignKind = (typeof FOREIGN_KINDS)[number];

const parseKind = (text: string): ForeignKind => {
  const kind = FOREIGN_KINDS.find((known) => known === text);
  if (kind !== undefined) return kind;
  throw new ToolError('USAGE', 'no such product', { expected: FOREIGN_KINDS.join(', '), found: `"${text}"` });
};

type PolicyFlags = {
  readonly expect: Flag<Digest | undefined>;
  readonly 'yes-really': Flag<boolean>;
  readonly from: Flag<ForeignKind | undefined>;
  readonly for: Flag<string | undefined>;
  readonly fix: Flag<boolean>;
  readonly 'allow-wider': Flag<boolean>;
  readonly output: Flag<string | undefined>;
};

export const POLICY_FLAGS: PolicyFlags = {
  expect: valueFlag('DIGEST', 'plan, apply: the plan that must come out, as plan printed it', parsePlan),
  'yes-really': switchFlag('plan, apply: also remove more than half of a repository'),
  from: valueFlag('PRODUCT', `convert: one of ${FOREIGN_KINDS.join(', ')}`, parseKind),
  for: valueFlag('NAME', 'convert: what the policy was set on, such as registry.example/team', parseText),
  fix: switchFlag('convert: put a known malformed form right, and show how'),
  'allow-wider': switchFlag('convert: even if the result removes more than the original'),
  output: valueFlag('FILE', 'convert: where the policy goes (default: - , standard output)', parseText, {
    short: 'o',
    path: true,
  }),
};

type Values = FlagValues<PolicyFlags>;

const runPlan =
  (work: typeof planByPolicy) =>
  async (flags: Values, path: string, session: Session): Promise<Outcome> => {
    const options = { ...(flags.expect === undefined ? {} : { expect: flags.expect }), yesReally: flags['yes-really'] };
    const report = await work(path, options, withStore(session.context, 'policy'));
    await session.print(report, () => policyLines(report, session.flags.quiet));
    return report.notes.some(({ severity }) => severity === 'error') ? 'no' : 'done';
  };

const runLint = async (_flags: Values, path: string, session: Session): Promise<Outcome> => {
  const report = await lintByPolicy(path, withStore(session.context, 'policy'));
  await session.print(report, () => policyLintLines(report, session.flags.quiet));
  return report.sound ? 'done' : 'no';
};

const runConvert = async (flags: Values, path: string, session: Session): Promise<Outcome> => {
  const { from, output = '-' } = flags;
  if (from === undefined)
    throw new ToolError('USAGE', 'whose policy is it?', { expected: `--from with one of ${FOREIGN_KINDS.join(', ')}` });
  const { fix, 'allow-wider': allowWider } = flags;
  const options = { from, fix, allowWider, ...(flags.for === undefined ? {} : { for: flags.for }) };
  const report = await convertForeign(path, options, session.context);
  const { policy } = report;
  const aside = [...report.diff.map(escapeText), ...report.findings.map(noteLine)];
  if (policy !== undefined && output !== '-') await writeSmall(output, utf8(policyText(policy)));
  if (session.flags.json) await session.print(report, () => []);
  else {
    for (const line of aside) session.tell(line);
    if (policy !== undefined && output === '-') await session.stdout.write(policyText(policy));
    if (policy !== undefined && output !== '-')
      await session.summarize(report, () => [escapeText(`converted: ${output}`)]);
    if (policy === undefined && session.flags.quiet) await session.stdout.write(`${aside.join('\n')}\n`);
  }
  return policy === undefined ? 'no' : 'done';
};

type Action = (flags: Values, path: string, session: Session) => Promise<Outcome>;

const ACTIONS: Readonly<Record<string, { readonly run: Action; readonly flags: readonly (keyof Values)[] }>> = {
  plan: { run: runPlan(planByPolicy), flags: ['expect', 'yes-really'] },
  apply: { run: runPlan(applyPolicy), flags: ['expect', 'yes-really'] },
  lint: { run: runLint, flags: [] },
  convert: { run: runConvert, flags: ['from', 'for', 'fix', 'allow-wider', 'output'] },
};

/** @throws {ToolError} USAGE for another word, or for an option of another action; what the action throws */
export const runPolicyAction = (action: string, flags: Values, path: string, session: Session): Promise<Outcome> => {
  const known = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (known === undefined) {
    throw new ToolError('USAGE', 'no such action', {
      expected: Object.keys(ACTIONS).join(', '),
      found: `"${action}"`,
      hint: 'see: ingot policy --help',
    });
  }
  for (const name of Object.keys(POLICY_FLAGS) as (keyof Values)[]) {
    const isGiven = flags[name] !== undefined && flags[name] !== false;
    if (isGiven && !known.flags.includes(name))
      throw new ToolError('USAGE', `--${name} is not for policy ${action}`, { hint: 'see: ingot policy --help' });
  }
  return known.run(flags, path, session);
};
