import assert from 'node:assert/strict';
import test from 'node:test';
import { modelTable } from '../../../../src/cli/commands/models.js';
import { catalogue } from '../../../../src/model/catalogue/catalogue.js';

test('the table of models says after which scale one runs, and what both passes give', async () => {
  const lines = modelTable(await catalogue(), 100).split('\n');
  const lineOf = (name: string) => lines.find((line) => line.startsWith(`${name} `));
  assert.match(lineOf('espcn-32-x2')!, /^\S+ +2x +38468 +37\.\d\d \(33\.65\)/);
  assert.ok(lines.every((line) => line.length <= 100));
  assert.match(lineOf('espcn-32-x2')!, / default$/);
  assert.doesNotMatch(lineOf('espcn-16-x2')!, / default$/);
  assert.match(lineOf('espcn-16-second-x2')!, /^\S+ +2x after 2x +19300 +31\.\d\d \(28\.42\)/);
  assert.match(lineOf('espcn-16-second-x2')!, / --quality fast after/);
  assert.match(lineOf('espcn-32-second-x2')!, / default after/);
});
