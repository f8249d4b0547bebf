import { Argument, Command } from 'commander';
import { type Shell, shells, completionScript } from '../process/completion-script.js';
import { commandTree } from '../process/command-tree.js';

const examples = `
Examples:
  source <(vsr completion bash)                                        for this terminal
  vsr completion bash > ~/.local/share/bash-completion/completions/vsr
  vsr completion zsh > "\${fpath[1]}/_vsr"
  vsr completion fish > ~/.config/fish/completions/vsr.fish`;

/** The command `vsr completion`; `loadAll` gives every command of the program. */
export function completionCommand(loadAll: () => Promise<readonly Command[]>): Command {
  return new Command('completion')
    .description('Writes what a shell needs to complete commands, options and their words.')
    .addArgument(new Argument('<shell>', 'whose script').choices(shells))
    .addHelpText('after', examples)
    .action(async (shell: Shell) => {
      process.stdout.write(completionScript(shell, commandTree(await loadAll())));
    });
}
