import { type Command, defineCommand } from '../command.js';
import { POLICY_FLAGS, runPolicyAction } from '../policy-actions.js';

/** `policy`: which names and images of the store stay and which go. */
export const policyCommand: Command = defineCommand({
  name: 'policy',
  synopsis: 'plan|apply|lint|convert FILE',
  about:
    'Lifecycle policies. plan says what a policy would do to the local store, and why; apply does it, into the trash; lint looks for mistakes; convert reads the policy of another product. Exit status 1 if the answer is no: the plan is refused, the policy is not sound, or it cannot be converted.',
  operands: { name: 'plan, apply, lint or convert, and FILE,', min: 2, max: 2 },
  flags: POLICY_FLAGS,
  examples: [
    { line: 'ingot policy lint golden/policies/native/releases.json', says: 'is anything wrong with it?' },
    {
      line: 'ingot policy convert golden/policies/ecr/input.json --from ecr --for registry.example/app -o app.policy.json',
      says: 'a lifecycle policy of Amazon ECR, for the images of one repository',
    },
    {
      line: 'ingot policy convert golden/policies/gitlab/input.json --from gitlab --for registry.example/team/app -q',
      says: 'a cleanup policy of GitLab, on standard output',
    },
    { line: 'ingot copy golden/inputs/trio/docker-save-a.tar store:', says: 'something to have a policy for' },
    { line: 'ingot policy plan golden/policies/native/releases.json', says: 'what would go, and what decides' },
    { line: 'ingot policy apply golden/policies/native/releases.json', says: 'the same, done' },
  ],
  run: (flags, [action = '', path = ''], session) => runPolicyAction(action, flags, path, session),
});
