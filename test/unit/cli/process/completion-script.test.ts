import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { completionScript, shells } from '../../../../src/cli/process/completion-script.js';
import { commandTree } from '../../../../src/cli/process/command-tree.js';
import { queueCommand } from '../../../../src/cli/queue/queue.js';
import { upscaleCommand } from '../../../../src/cli/upscale/upscale.js';
import { codecNames } from '../../../../src/upscale/plan/options.js';
import { shellWord } from '../../../../src/printable.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const folder = temporaryFolder();
const tree = commandTree([upscaleCommand(), queueCommand()]);

/** What bash is told when it is to offer no files besides. */
const noFiles = 'no-files';

/**
 * What bash would offer for the last of `words`, and `noFiles` where it would not offer files;
 * `null` where it is not installed.
 */
function offered(...words: string[]): string[] | null {
  const script = path.join(folder, 'vsr.bash');
  writeFileSync(script, completionScript('bash', tree));
  const list = ['vsr', ...words].map(shellWord).join(' ');
  const told = `compopt() { [ "$*" = "+o bashdefault +o default" ] && COMPREPLY+=(${noFiles}); }`;
  const asked = `${told}; . '${script}'; COMP_WORDS=(${list}); COMP_CWORD=${words.length}; _vsr; echo "\${COMPREPLY[*]}"`;
  const { error, status, stdout, stderr } = spawnSync('bash', ['-c', asked], { encoding: 'utf8' });
  if (error !== undefined) return null;
  assert.equal(status, 0, stderr);
  return stdout.trim().split(' ').filter(Boolean);
}

test('bash offers commands, options and their words, and leaves files to itself', (t) => {
  if (offered('up') === null) return t.skip('bash is not installed');
  assert.deepEqual(offered('up'), ['upscale']);
  assert.deepEqual(offered('upscale', '--codec', ''), [...codecNames]);
  assert.deepEqual(offered('upscale', 'a.mp4', '--codec', 'he'), ['hevc']);
  assert.deepEqual(offered('upscale', '--audi'), ['--audio', noFiles]);
  // --codec=he as bash splits it, and where COMP_WORDBREAKS has no =.
  assert.deepEqual(offered('upscale', '--codec', '=', 'he'), ['hevc']);
  assert.deepEqual(offered('upscale', '--codec', '='), [...codecNames]);
  assert.deepEqual(offered('upscale', '--codec=he'), ['--codec=hevc']);
  assert.deepEqual(offered('upscale', '--output', '=', 'x'), []);
  // A file -dash.mp4 would be taken for options, but not after --.
  assert.deepEqual(offered('upscale', '-d'), [noFiles]);
  assert.deepEqual(offered('upscale', '--', '-d'), []);
  assert.deepEqual(offered('upscale', './-d'), []);
  assert.deepEqual(offered('upscale', '-o', 'x'), []);
  assert.deepEqual(offered('upscale', 'clip'), []);
  assert.deepEqual(offered('queue', 'stat'), ['status']);
  assert.ok(offered('queue', 'status', '--')?.includes('--queue'));
  // Nothing that stands on the line is run.
  const pwned = path.join(folder, 'pwned');
  for (const evil of [`$(touch ${pwned})`, `\`touch ${pwned}\``, `x;touch ${pwned}`, '\'"\n*']) {
    assert.deepEqual(offered('upscale', evil), []);
    assert.deepEqual(offered(evil, evil, evil), []);
    assert.deepEqual(offered('queue', evil, 'x'), []);
    assert.deepEqual(offered('upscale', evil, '--codec', 'he'), ['hevc']);
  }
  assert.ok(!existsSync(pwned));
});

test('every option of every command is in every script', () => {
  for (const shell of shells) {
    const script = completionScript(shell, tree);
    for (const { options, commands } of tree) {
      for (const { names } of [...options, ...commands.flatMap((command) => command.options)]) {
        const [long = ''] = names;
        const form = shell === 'fish' ? `-l ${long.slice(2)}` : long;
        assert.ok(script.includes(form), `${shell}: ${long}`);
      }
    }
  }
});

test('the scripts are ones that their shells can read', (t) => {
  for (const shell of shells) {
    const script = path.join(folder, `vsr.${shell}`);
    writeFileSync(script, completionScript(shell, tree));
    const { error, status, stderr } = spawnSync(shell, ['-n', script], { encoding: 'utf8' });
    if (error === undefined) assert.equal(status, 0, stderr);
    else t.diagnostic(`${shell} is not installed`);
  }
});

/** What stands on the line after Tab, for each of these beginnings; `null` without the shell. */
function completedByZsh(lines: readonly string[]): string[] | null {
  const functions = temporaryFolder(folder);
  writeFileSync(path.join(functions, '_vsr'), completionScript('zsh', tree));
  const shown = path.join(folder, 'line');
  // A shell at a terminal of its own; what it prints is read, so that it never waits. Ctrl-T keeps
  // the line.
  const driver = path.join(folder, 'driver.zsh');
  writeFileSync(
    driver,
    String.raw`zmodload zsh/zpty
zpty inner zsh -f -i
until_there() { for i in {1..400}; do zpty -r -t inner out; [[ -e $1 ]] && return; sleep 0.05; done; exit 3 }
zpty -w inner "cd ${folder}; PROMPT=; unsetopt beep zle_bracketed_paste; fpath=(${functions} \$fpath); autoload -Uz compinit; compinit -D -u"
zpty -w inner "show() { print -r -- \"\$BUFFER\" > ${shown}.new; mv ${shown}.new ${shown}; BUFFER= }; zle -N show; bindkey '^T' show; bindkey '^I' complete-word; print > ${shown}.ready"
until_there ${shown}.ready
for line in "$@"; do
  zpty -n -w inner "$line"$'\t'
  sleep 0.3
  zpty -n -w inner $'\x14'
  until_there ${shown}
  cat ${shown}; rm ${shown}
done
zpty -d inner
`,
  );
  const options = { encoding: 'utf8', timeout: 120_000 } as const;
  const { error, status, stdout, stderr } = spawnSync('zsh', ['-f', driver, ...lines], options);
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return null;
  assert.equal(status, 0, stderr);
  return stdout.split('\n').slice(0, -1);
}

test('zsh completes commands, options, their words and files', (t) => {
  const clip = path.join(folder, 'only-clip.mp4');
  const pwned = path.join(folder, 'pwned-by-zsh');
  const evil = "evil $(touch pwned);`x`'.mp4";
  for (const name of ['only-clip.mp4', evil, '-dash.mp4']) {
    writeFileSync(path.join(folder, name), '');
  }
  const whole = [
    'vsr upscale ',
    'vsr upscale --precision=',
    'vsr upscale a.mp4 --codec hevc ',
    'vsr queue status ',
    'vsr queue status --json ',
    `vsr upscale ${clip} `,
    // What stands on the line is not run, and what a file is called is quoted.
    `vsr upscale '$(touch ${pwned})' --precision=`,
    `vsr upscale $(touch ${pwned}) --precision=`,
    `vsr upscale ${folder}/${evil.replace(/[ $();`']/g, '\\$&')} `,
    ...['vsr upscale --codec=hevc ', 'vsr upscale -d', 'vsr upscale ./-dash.mp4 '],
    ...['vsr upscale -- -dash.mp4 ', 'vsr upscale --output=only-clip.mp4 '],
  ];
  const begun = [
    ...['vsr ups', 'vsr upscale --precis', 'vsr upscale a.mp4 --codec he', 'vsr queue stat'],
    ...['vsr queue status --js', `vsr upscale ${clip.slice(0, -6)}`],
    ...[`vsr upscale '$(touch ${pwned})' --precis`, `vsr upscale $(touch ${pwned}) --precis`],
    `vsr upscale ${folder}/evi`,
    ...['vsr upscale --codec=he', 'vsr upscale -d', 'vsr upscale ./-d'],
    ...['vsr upscale -- -d', 'vsr upscale --output=only'],
  ];
  const completed = completedByZsh(begun);
  if (completed === null) return t.skip('zsh is not installed');
  assert.deepEqual(completed, whole);
  assert.ok(!existsSync(pwned));
});

test('fish completes commands, options and their words', (t) => {
  const script = path.join(folder, 'vsr.fish');
  writeFileSync(script, completionScript('fish', tree));
  const completed = (line: string): string[] | null => {
    const asked = `source ${script}; complete -C ${shellWord(line)}`;
    const where = { encoding: 'utf8', cwd: folder } as const;
    const { error, stdout } = spawnSync('fish', ['-c', asked], where);
    if (error !== undefined) return null;
    return stdout.split('\n').flatMap((each) => each.split('\t')[0] || []);
  };
  if (completed('vsr ') === null) return t.skip('fish is not installed');
  assert.deepEqual(completed('vsr ups'), ['upscale']);
  assert.deepEqual(completed('vsr upscale --precis'), ['--precision']);
  assert.deepEqual(completed('vsr upscale a.mp4 --codec ')!.sort(), [...codecNames].sort());
  assert.deepEqual(completed('vsr queue stat'), ['status']);
  assert.deepEqual(completed('vsr queue status --js'), ['--json']);
  assert.deepEqual(completed('vsr upscale --codec=he'), ['--codec=hevc']);
  // A file that would be taken for options is offered with ./ or after -- alone.
  writeFileSync(path.join(folder, '-dash.mp4'), '');
  assert.deepEqual(completed('vsr upscale -d'), []);
  assert.deepEqual(completed('vsr upscale ./-d'), ['./-dash.mp4']);
  assert.deepEqual(completed('vsr upscale -- -d'), ['-dash.mp4']);
  // What stands on the line is not run.
  const pwned = path.join(folder, 'pwned-by-fish');
  for (const evil of [`$(touch ${pwned})`, `(touch ${pwned})`, `'$(touch ${pwned});'`]) {
    assert.deepEqual(completed(`vsr upscale ${evil} --precis`), ['--precision']);
    assert.deepEqual(completed(`vsr ${evil} ups`), ['upscale']);
  }
  assert.ok(!existsSync(pwned));
});
