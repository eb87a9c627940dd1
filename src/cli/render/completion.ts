import type { Command } from '../command.js';
import type { Flag, FlagTable } from '../flag.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

interface Entry {
  readonly command: Command;
  readonly summary: string;
}

const spellings = (flags: FlagTable): readonly string[] =>
  Object.entries(flags).flatMap(([name, { short }]) => [...(short === undefined ? [] : [`-${short}`]), `--${name}`]);

/** Values by the option that takes them, where all of them are known. */
const choiceCases = (entries: readonly Entry[], common: FlagTable, indent: string): readonly string[] => {
  const cases = new Map<string, readonly string[]>();
  for (const table of [...entries.map(({ command }) => command.flags), common]) {
    for (const [name, { choices }] of Object.entries(table)) if (choices !== undefined) cases.set(`--${name}`, choices);
  }
  return [...cases].map(([option, choices]) => `${indent}${option}) choices="${choices.join(' ')}" ;;`);
};

const wordCases = (entries: readonly Entry[], common: FlagTable, indent: string): readonly string[] =>
  entries.map(({ command }) => {
    const words = [...spellings(command.flags), ...spellings(common), ...(command.name === 'completion' ? SHELLS : [])];
    return `${indent}${command.name}) words="${words.join(' ')}" ;;`;
  });

/** Commands whose words are names of the store. */
const imageCommands = (entries: readonly Entry[]): readonly string[] =>
  entries.filter(({ command }) => command.operands.images === true).map(({ command }) => command.name);

/** A name goes back to the shell only if nothing in it means anything there. */
const LIST_NAMES = `ingot images --quiet --format '{{join .Names ""}}' 2>/dev/null`;
const SAFE_NAME = '^[A-Za-z0-9][A-Za-z0-9._/:@+-]*$';

const names = (entries: readonly Entry[]): string => entries.map(({ command }) => command.name).join(' ');

const bash = (entries: readonly Entry[], common: FlagTable): readonly string[] => [
  '# bash completion for ingot',
  '_ingot() {',
  '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"',
  '  local command="" words="" choices="" index',
  '  for ((index = 1; index < COMP_CWORD; index++)); do',
  '    case "${COMP_WORDS[index]}" in -*) ;; *) command="${COMP_WORDS[index]}"; break ;; esac',
  '  done',
  '  case "$previous" in',
  ...choiceCases(entries, common, '    '),
  '  esac',
  '  case "$command" in',
  `    "") words="${names(entries)} --help --version" ;;`,
  ...wordCases(entries, common, '    '),
  '  esac',
  '  COMPREPLY=()',
  '  if [[ -n $choices ]]; then',
  '    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current")',
  '  elif [[ -z $command || $current == -* || $command == completion ]]; then',
  '    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")',
  '  fi',
  ...bashNames(imageCommands(entries)),
  '}',
  '# What is left, the shell completes as paths.',
  'complete -o default -o bashdefault -F _ingot ingot',
];

/** The shell takes a name apart at its colons, and completes what follows the last one. */
const bashNames = (commands: readonly string[]): readonly string[] => [
  `  case " ${commands.join(' ')} " in`,
  '    *" $command "*)',
  '      [[ -n $command && $current != -* && -z $choices ]] || return',
  '      local typed="${COMP_LINE:0:COMP_POINT}" name cut=""',
  '      typed="${typed##* }"',
  '      [[ $COMP_WORDBREAKS == *:* ]] && cut="${typed%"${typed##*:}"}"',
  '      while read -r name; do',
  `        [[ $name == "$typed"* && $name =~ ${SAFE_NAME} ]] && COMPREPLY+=("\${name#"$cut"}")`,
  `      done < <(${LIST_NAMES}) ;;`,
  '  esac',
];

const zsh = (entries: readonly Entry[], common: FlagTable): readonly string[] => [
  '#compdef ingot',
  '_ingot() {',
  '  local current="${words[CURRENT]}" previous="${words[CURRENT-1]}"',
  '  local command="" choices="" index word list',
  '  for ((index = 2; index < CURRENT; index++)); do',
  '    case "${words[index]}" in -*) ;; *) command="${words[index]}"; break ;; esac',
  '  done',
  '  case "$previous" in',
  ...choiceCases(entries, common, '    '),
  '  esac',
  '  case "$command" in',
  `    "") list="${names(entries)} --help --version" ;;`,
  ...wordCases(entries, common, '    ').map((line) => line.replace(') words=', ') list=')),
  '  esac',
  '  if [[ -n $choices ]]; then',
  '    compadd -- ${=choices}',
  '  elif [[ -z $command || $current == -* || $command == completion ]]; then',
  '    compadd -- ${=list}',
  '  else',
  '    _files',
  '  fi',
  '}',
  'compdef _ingot ingot',
];

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const fishOption = (condition: string, [name, flag]: readonly [string, Flag<unknown>]): string =>
  [
    'complete -c ingot',
    ...(condition === '' ? [] : [`-n ${quoted(condition)}`]),
    ...(flag.short === undefined ? [] : [`-s ${flag.short}`]),
    `-l ${name}`,
    ...(flag.value === undefined ? [] : [flag.path === true ? '-r' : '-x']),
    ...(flag.choices === undefined ? [] : [`-a ${quoted(flag.choices.join(' '))}`]),
    `-d ${quoted(flag.about)}`,
  ].join(' ');

const fish = (entries: readonly Entry[], common: FlagTable): readonly string[] => [
  '# fish completion for ingot',
  ...entries.map(
    ({ command, summary }) => `complete -c ingot -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(summary)}`,
  ),
  ...Object.entries(common).map((option) => fishOption('', option)),
  `complete -c ingot -n '__fish_seen_subcommand_from completion' -f -a ${quoted(SHELLS.join(' '))}`,
  ...entries.flatMap(({ command }) =>
    Object.entries(command.flags).map((option) => fishOption(`__fish_seen_subcommand_from ${command.name}`, option)),
  ),
];

const WRITERS: Readonly<Record<(typeof SHELLS)[number], typeof bash>> = { bash, zsh, fish };

/** The completion script of a shell. */
export const completionScript = (
  shell: (typeof SHELLS)[number],
  entries: readonly Entry[],
  common: FlagTable,
): string => `${WRITERS[shell](entries, common).join('\n')}\n`;
