import { Command, Help, type Option } from 'commander';

/** An option as a shell completes it. */
export type TreeOption = {
  /** With their dashes: `--scale`, `-s`. */
  readonly names: readonly string[];
  readonly about: string;
  /** Whether a value follows: always (`word`), perhaps (`maybe`), or never (`none`). */
  readonly takes: 'word' | 'maybe' | 'none';
  /** The values that it takes; empty where it takes any. */
  readonly words: readonly string[];
};

/** A command as a shell completes it. */
export type TreeCommand = {
  readonly name: string;
  readonly about: string;
  readonly options: readonly TreeOption[];
  readonly commands: readonly TreeCommand[];
  /** The words that its argument may be, where it is not a file. */
  readonly words: readonly string[];
};

function treeOption(option: Option): TreeOption {
  return {
    names: [option.long, option.short].flatMap((name) => name ?? []),
    about: option.description,
    takes: option.required ? 'word' : option.optional ? 'maybe' : 'none',
    words: option.argChoices ?? [],
  };
}

/** Commander's commands, in the form that completion scripts are made from. */
export function commandTree(commands: readonly Command[]): TreeCommand[] {
  const help = new Help();
  return commands.map((command) => ({
    name: command.name(),
    about: command.summary() || command.description(),
    options: help.visibleOptions(command).map(treeOption),
    commands: commandTree(help.visibleCommands(command)).filter(({ name }) => name !== 'help'),
    words: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  }));
}
