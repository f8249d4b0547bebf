import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { errorCodes } from '../../src/errors.js';
import { endings, eventsVersion, longCommands, stages } from '../../src/events.js';
import { packageRoot } from '../../src/package-root.js';
import { schemaOf } from '../support/schemas.js';

type Kind = { properties: Record<string, { enum?: unknown[]; const?: unknown }> };
const events = schemaOf('events') as { oneOf: { $ref: string }[]; $defs: Record<string, Kind> };
const listed = (kind: string, field: string) => events.$defs[kind]!.properties[field]!.enum;

test('the schema of events lists what the program lists', () => {
  assert.deepEqual(listed('start', 'command'), longCommands);
  assert.deepEqual(listed('progress', 'stage'), stages);
  assert.deepEqual(listed('error', 'code'), [...errorCodes, 'bug']);
  assert.deepEqual([...listed('done', 'status')!, ...listed('failed', 'status')!], endings);
  for (const { $ref } of events.oneOf) {
    const kind = $ref.replace('#/$defs/', '');
    assert.equal(events.$defs[kind]!.properties['event']!.const, kind);
    assert.equal(events.$defs[kind]!.properties['version']!.const, eventsVersion);
  }
});

/** Each long command with what of the command line defines it. */
const definitions: Readonly<Record<(typeof longCommands)[number], string>> = {
  upscale: 'upscale/upscale',
  evaluate: 'commands/evaluate',
  train: 'train/train',
  extract: 'commands/extract',
  regress: 'commands/regress',
  compare: 'commands/compare',
};

for (const name of longCommands) {
  test(`${name} can tell events`, async () => {
    const file = path.join(packageRoot(), 'build', 'src', 'cli', `${definitions[name]}.js`);
    const commands = (await import(file)) as Record<string, () => { options: { long: string }[] }>;
    const { options } = commands[`${name}Command`]!();
    const names = options.map(({ long }) => long);
    for (const option of ['--json', '--progress', '--progress-fd']) {
      assert.ok(names.includes(option), `${name} lacks ${option}`);
    }
  });
}

test('what is said to people goes one way, which events can close', () => {
  const cli = path.join(packageRoot(), 'src', 'cli');
  const files = (readdirSync(cli, { recursive: true }) as string[]).filter((name) =>
    /process\.stderr\.write|console\./.test(
      name.endsWith('.ts') ? readFileSync(path.join(cli, name), 'utf8') : '',
    ),
  );
  assert.deepEqual(files, [path.join('display', 'say.ts')]);
});
