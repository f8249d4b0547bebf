import type { TreeCommand, TreeOption } from './command-tree.js';

/** Shells that have a completion script. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** A text as one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Commands with those within them, each by the words that lead to it: `queue status`. */
function allCommands(
  commands: readonly TreeCommand[],
  before = '',
): { readonly path: string; readonly command: TreeCommand }[] {
  return commands.flatMap((command) => {
    const path = `${before}${command.name}`;
    return [{ path, command }, ...allCommands(command.commands, `${path} `)];
  });
}

const namesOf = (commands: readonly TreeCommand[]): string =>
  commands.map(({ name }) => name).join(' ');

function bash(commands: readonly TreeCommand[]): string {
  const all = allCommands(commands);
  const choices = all.flatMap(({ path, command }) =>
    command.options.flatMap(({ names, words, takes }) => {
      if (takes === 'none') return [];
      const patterns = names.map((name) => quoted(`${path} ${name}`)).join('|');
      const told = words.length === 0 ? 'files=1' : `words=${quoted(words.join(' '))}`;
      // A value that may be left out may also be a file.
      return [`    ${patterns}) ${takes === 'maybe' ? `${told}; files=1` : told} ;;`];
    }),
  );
  const words = all.map(({ path, command }) => {
    const options = command.options.flatMap(({ names }) => names).join(' ');
    const others = [namesOf(command.commands), command.words.join(' ')].join(' ').trim();
    return `    ${quoted(path)}) options=${quoted(options)}; others=${quoted(others)} ;;`;
  });
  const groups = commands.filter((command) => command.commands.length > 0);
  const inside = groups.map(
    (command) => `    ${quoted(command.name)}) within=${quoted(namesOf(command.commands))} ;;`,
  );
  return `# bash completion of vsr, written by: vsr completion bash
_vsr() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  local path=\${COMP_WORDS[1]} within= words= files= options= others= before= i
  COMPREPLY=()
  # bash makes three words of --name=value, unless = is missing from COMP_WORDBREAKS.
  if [[ "$cur" == '=' ]]; then
    cur=
  elif [[ "$prev" == '=' ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  elif [[ "$cur" == --*=* ]]; then
    prev=\${cur%%=*} cur=\${cur#*=}
    before=$prev=
  fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted(namesOf(commands))} -- "$cur"))
    return
  fi
  case "$path" in
${inside.join('\n')}
  esac
  if [ "$COMP_CWORD" -gt 2 ] && [[ " $within " == *" \${COMP_WORDS[2]} "* ]]; then
    path="$path \${COMP_WORDS[2]}"
  fi
  case "$path $prev" in
${choices.join('\n')}
  esac
  if [ -n "$words" ]; then
    COMPREPLY=($(compgen -P "$before" -W "$words" -- "$cur"))
    return
  fi
  if [ -z "$files" ]; then
    case "$path" in
${words.map((line) => `  ${line}`).join('\n')}
    esac
    for ((i = 2; i < COMP_CWORD; i++)); do
      # Whatever comes after -- is a file.
      [ "\${COMP_WORDS[i]}" = -- ] && return
    done
    if [[ "$cur" == -* ]]; then
      COMPREPLY=($(compgen -W "$options" -- "$cur"))
      # A file of such a name would be taken for options: it needs ./ before it.
      compopt +o bashdefault +o default 2> /dev/null
      return 0
    fi
    if [ -n "$others" ]; then
      COMPREPLY=($(compgen -W "$others" -- "$cur"))
      return
    fi
  fi
}
complete -o bashdefault -o default -F _vsr vsr
`;
}

/** A text within the brackets of zsh's specifications. */
const zshText = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

function zshOption({ names, about, takes, words }: TreeOption): string[] {
  const follows = takes === 'maybe' ? '::' : ':';
  const action = words.length === 0 ? '_files' : `(${words.join(' ')})`;
  const word = takes === 'none' ? '' : `${follows}word:${action}`;
  // The value stands behind a long name's = or in the next word.
  const mark = (name: string): string => (takes !== 'none' && name.startsWith('--') ? '=' : '');
  return names.map((name) => quoted(`*${name}${mark(name)}[${zshText(about)}]${word}`));
}

function zshDescribed(commands: readonly TreeCommand[]): string {
  return commands.map(({ name, about }) => quoted(`${name}:${zshText(about)}`)).join(' ');
}

function zshCase({ name, options, commands, words }: TreeCommand, depth: number): string {
  const pad = '  '.repeat(depth);
  const own = options.flatMap(zshOption).join(` \\\n${pad}      `);
  if (commands.length === 0) {
    const rest = words.length === 0 ? '_vsr_files' : `(${words.join(' ')})`;
    return `${pad}${name})\n${pad}  _arguments -s ${own} ${quoted(`*:input:${rest}`)} ;;`;
  }
  return `${pad}${name})
${pad}  if (( CURRENT == 2 )); then
${pad}    local -a inner=(${zshDescribed(commands)})
${pad}    _describe command inner
${pad}  else
${pad}    shift words; (( CURRENT-- ))
${pad}    case $words[1] in
${commands.map((command) => zshCase(command, depth + 3)).join('\n')}
${pad}    esac
${pad}  fi ;;`;
}

function zsh(commands: readonly TreeCommand[]): string {
  return `#compdef vsr
# zsh completion of vsr, written by: vsr completion zsh
# A file whose name begins with - would be taken for options: it needs ./ before it.
_vsr_files() { [[ $PREFIX == -* ]] && (( ! $words[(I)--] )) || _files }
_vsr() {
  if (( CURRENT == 2 )); then
    local -a all=(${zshDescribed(commands)})
    _describe command all
    return
  fi
  shift words; (( CURRENT-- ))
  case $words[1] in
${commands.map((command) => zshCase(command, 2)).join('\n')}
  esac
}
if [ "$funcstack[1]" = _vsr ]; then _vsr "$@"; else compdef _vsr vsr; fi
`;
}

function fishLines(commands: readonly TreeCommand[], condition: string): string[] {
  const names = namesOf(commands);
  return commands.flatMap(({ name, about, options, commands: inner, words }) => {
    const isHere = quoted(`${condition}not __fish_seen_subcommand_from ${names}`);
    const seen = `${condition}__fish_seen_subcommand_from ${name}; and `;
    const within = quoted(seen.replace(/; and $/, ''));
    return [
      `complete -c vsr -n ${isHere} -f -a ${name} -d ${quoted(about)}`,
      ...(words.length === 0
        ? []
        : [`complete -c vsr -n ${within} -f -a ${quoted(words.join(' '))}`]),
      ...options.map(({ names: all, about: what, takes, words: choices }) => {
        const dashes = all.map((each) =>
          each.startsWith('--') ? `-l ${each.slice(2)}` : `-s ${each.slice(1)}`,
        );
        const word = takes !== 'word' ? '' : choices.length === 0 ? ' -r' : ' -x';
        const list = choices.length === 0 ? '' : ` -a ${quoted(choices.join(' '))}`;
        return `complete -c vsr -n ${within} ${dashes.join(' ')}${word}${list} -d ${quoted(what)}`;
      }),
      ...fishLines(inner, seen),
    ];
  });
}

function fish(commands: readonly TreeCommand[]): string {
  return `# fish completion of vsr, written by: vsr completion fish
# A file whose name begins with - would be taken for options: it needs ./ before it.
complete -c vsr -f -n 'string match -q -- "-*" (commandline -ct); and not contains -- -- (commandline -opc)'
${fishLines(commands, '').join('\n')}
`;
}

/** The script that completes `commands` in a shell. */
export function completionScript(shell: Shell, commands: readonly TreeCommand[]): string {
  return { bash, zsh, fish }[shell](commands);
}
