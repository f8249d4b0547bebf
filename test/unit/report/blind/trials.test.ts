import assert from 'node:assert/strict';
import test from 'node:test';
import { blindCsv, tally } from '../../../../src/report/blind/tally.js';
import { type BlindState, readState, shuffledTrials } from '../../../../src/report/blind/trials.js';

/** Numbers from 0 to below 1, the same every time. */
function dice(): () => number {
  let seed = 7;
  return () => (seed = (seed * 16807) % 2147483647) / 2147483647;
}

test('every pair is asked once at every place, in another order, on both sides', () => {
  const trials = shuffledTrials(8, 3, dice());
  const pairs = trials.map(({ place, left, right }) => `${place}${[left, right].sort().join('')}`);
  const all = Array.from({ length: 8 }, (_, place) => ['01', '02', '12'].map((two) => place + two));
  assert.deepEqual(pairs.toSorted(), all.flat());
  assert.notDeepEqual(pairs, all.flat());
  const turned = trials.filter(({ left, right }) => left > right).length;
  assert.ok(turned > 4 && turned < 20, String(turned));
  assert.deepEqual(
    shuffledTrials(1, 2, () => 0.9),
    [{ place: 0, left: 1, right: 0 }],
  );
});

test('what the browser kept is gone on with only where it fits this test', () => {
  const state: BlindState = { trials: shuffledTrials(2, 3, dice()), answers: ['left', 'tie'] };
  assert.deepEqual(readState(JSON.stringify(state), 2, 3), state);
  const [first, ...others] = state.trials;
  const wrong: unknown[] = [
    null,
    7,
    {},
    { trials: others, answers: [] },
    { trials: [...others, others[0]], answers: [] },
    { trials: [...others, { ...first, left: 3 }], answers: [] },
    { trials: [...others, { ...first, left: first!.right }], answers: [] },
    { trials: [...others, null], answers: [] },
    { ...state, answers: ['middle'] },
    { ...state, answers: Array<string>(7).fill('left') },
  ];
  for (const each of wrong) assert.equal(readState(JSON.stringify(each), 2, 3), null);
  assert.equal(readState('{', 2, 3), null);
  assert.equal(readState(null, 2, 3), null);
  assert.equal(readState(JSON.stringify(state), 3, 3), null);
});

const answered: BlindState = {
  trials: [
    { place: 0, left: 0, right: 1 },
    { place: 1, left: 1, right: 0 },
    { place: 2, left: 0, right: 1 },
    { place: 3, left: 1, right: 0 },
    { place: 4, left: 1, right: 0 },
  ],
  answers: ['left', 'right', 'tie', 'left'],
};

test('answers are counted by method, whichever side it was on', () => {
  const [pair, ...others] = tally(answered, 2);
  assert.deepEqual(others, []);
  const { first, second, firstCloser, secondCloser, ties, p } = pair!;
  assert.deepEqual([first, second, firstCloser, secondCloser, ties, p], [0, 1, 2, 1, 1, 1]);
  assert.deepEqual(
    tally(answered, 3).map((each) => [each.first, each.second, each.firstCloser]),
    [
      [0, 1, 2],
      [0, 2, 0],
      [1, 2, 0],
    ],
  );
});

test('the CSV has every answer, a count per method and the sign test', () => {
  const labels = ['at 0, 0', 'at 0:01', 'c', 'd', 'e'];
  assert.equal(
    blindCsv(answered, ['a.png', 'b, "new".png'], labels),
    `question,place,left,right,closer
1,"at 0, 0",a.png,"b, ""new"".png",a.png
2,at 0:01,"b, ""new"".png",a.png,a.png
3,c,a.png,"b, ""new"".png",
4,d,"b, ""new"".png",a.png,"b, ""new"".png"

method,closer
a.png,2
"b, ""new"".png",1

first,second,first_closer,second_closer,ties,p,low,high
a.png,"b, ""new"".png",2,1,1,1.000,0.2077,0.9385
`,
  );
});
