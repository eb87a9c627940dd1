import { ToolError } from '../../base/error.js';
import { type Command, type CommandEntry, defineCommand } from '../command.js';
import { GLOBAL_FLAGS } from '../global-flags.js';
import { SHELLS, completionScript } from '../render/completion.js';

/** `completion`: a script for a shell, made from the options of every command. */
export const completionCommand = (entries: readonly CommandEntry[]): Command =>
  defineCommand({
    name: 'completion',
    synopsis: '[bash|zsh|fish]',
    about: 'Prints a script that completes commands, options and paths in a shell. Default: bash.',
    operands: { name: 'SHELL', min: 0, max: 1 },
    flags: {},
    examples: [
      {
        line: 'ingot completion bash > ingot.bash',
        says: 'then: source ingot.bash, or a file in /etc/bash_completion.d',
      },
      { line: 'ingot completion fish > ingot.fish', says: 'then into ~/.config/fish/completions' },
    ],
    run: async (_flags, [wanted = 'bash'], session) => {
      const shell = SHELLS.find((known) => known === wanted);
      if (shell === undefined)
        throw new ToolError('USAGE', 'no such shell', { expected: SHELLS.join(', '), found: `"${wanted}"` });
      if (session.flags.json) throw new ToolError('USAGE', 'a script is no JSON document');
      const commands = [];
      for (const { summary, load } of entries) commands.push({ summary, command: await load() });
      await session.stdout.write(completionScript(shell, commands, GLOBAL_FLAGS));
      return 'done';
    },
  });
