import assert from 'node:assert/strict';
import test from 'node:test';
import { locateFfmpeg } from '../../src/media/program/ffmpeg.js';
import {
  caseNames,
  judgeCases,
  verdictTable,
  type Verdict,
} from '../../scripts/footage/judge-cases.js';
import { drawnTruths, sharedTruths } from '../../scripts/footage/truths.js';
import { isLongForm, onlyInLongForm } from '../support/long-form.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();

/** Of each content in the short form; all cases in the long one. */
const quick: Readonly<Record<string, readonly string[]>> = {
  walk: ['p25-coarse', 'tape-p25', 'top-as-bottom', 'film-as-whole', 'soft', '24-in-30'],
  pan: ['psf', 'tape-top', 'bottom-as-top', 'top-as-whole-coarse', 'late', 'mixed', 'euro'],
  zoom: ['top-as-whole', 'late', 'euro'],
};

/** Video whose fields were mixed by scaling shows no fields any more: it is known to be missed. */
const isJudged = ({ name }: Verdict): boolean => name !== 'scaled';

/** What runs of a clip may be, by what the whole of it is; `null` for anything. */
const runKinds: Readonly<Record<string, readonly string[] | null>> = {
  progressive: ['progressive', 'unsure', 'still'],
  interlaced: ['video', 'unsure', 'still'],
  telecine: ['film', 'progressive', 'unsure', 'still'],
  repeats: ['progressive', 'unsure', 'still'],
  mixed: null,
};

function check(content: string, verdicts: readonly Verdict[]): void {
  for (const { name, truth, said, is, runs } of verdicts.filter(isJudged)) {
    // A repeat that coding has hidden leaves whole pictures.
    const isWhole = truth.kinds.includes('repeats') && said === 'progressive';
    assert.ok(is !== 'wrong' || isWhole, `${content} ${name} is called ${said}`);
    const allowed = runKinds[truth.kinds[0]!] ?? null;
    for (const { first, kind, order } of runs) {
      const what = `${content} ${name}: from frame ${first} on ${kind} ${order}`;
      assert.ok(allowed === null || allowed.includes(kind), what);
      if (truth.order !== null && order !== null) assert.equal(order, truth.order, what);
    }
  }
}

test('no clip made in a known way is taken for another kind, few for none', async () => {
  const ffmpeg = await locateFfmpeg();
  const all: Verdict[] = [];
  for (const truth of drawnTruths) {
    const names = isLongForm ? caseNames : quick[truth.name]!;
    const verdicts = await judgeCases(ffmpeg, truth, folder, names);
    assert.equal(verdicts.length, names.length);
    check(truth.name, verdicts);
    all.push(...verdicts.filter(isJudged));
  }
  const unsure = all.filter(({ is }) => is === 'unsure');
  const share = isLongForm ? 0.1 : 0.25;
  const said = unsure.map(({ name }) => name).join(', ');
  assert.ok(unsure.length <= share * all.length, `${unsure.length} of ${all.length}: ${said}`);
});

const shared = sharedTruths.length === 0 ? '../shared/data is not there' : onlyInLongForm;
test('nor one of other contents', { skip: shared }, async (t) => {
  const ffmpeg = await locateFfmpeg();
  const moving: Verdict[] = [];
  const all: Verdict[] = [];
  for (const truth of sharedTruths) {
    const verdicts = await judgeCases(ffmpeg, truth, folder);
    // Where nothing but noise moves, fields cannot be told from whole pictures.
    if (truth.motion !== 'none') check(truth.name, verdicts);
    all.push(...verdicts);
    if (truth.motion === 'usual') moving.push(...verdicts.filter(isJudged));
  }
  const unsure = moving.filter(({ is }) => is === 'unsure').length;
  assert.ok(unsure <= 0.1 * moving.length, `${unsure} of ${moving.length}`);
  t.diagnostic(verdictTable(all));
});
