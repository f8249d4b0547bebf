import { shareInterval, signTest } from './sign-test.js';
import { blindCsv, tally } from './tally.js';
import { readState, shuffledTrials } from './trials.js';

/** Functions that the page holds as text and tests call: each uses nothing except the others. */
const logic = [shuffledTrials, readState, signTest, shareInterval, tally, blindCsv];

const page = `
  const { id, names, places } = JSON.parse(document.getElementById('blind-data').textContent);
  const key = 'vsr-blind-' + id;
  const element = (name) => document.getElementById(name);
  const fresh = () => ({ trials: shuffledTrials(places.length, names.length, Math.random), answers: [] });
  const load = () => {
    try { return readState(localStorage.getItem(key), places.length, names.length); }
    catch { return null; }
  };
  let state = load() ?? fresh();
  const keep = () => {
    try { localStorage.setItem(key, JSON.stringify(state)); }
    catch { element('forgets').hidden = false; }
  };

  const cells = (row, kind, values, labels) => {
    for (const [i, value] of values.entries()) {
      const cell = row.appendChild(document.createElement(kind));
      cell.textContent = value;
      if (i < 2) continue;
      cell.className = 'n';
      if (labels) cell.dataset.label = labels[i];
    }
  };
  const heads = ['one', 'the other', 'one closer', 'the other closer', 'no difference', 'p', 'share of one (95 %)'];
  const result = () => {
    const table = element('counts');
    table.tHead.rows[0].replaceChildren();
    table.tBodies[0].replaceChildren();
    cells(table.tHead.rows[0], 'th', heads);
    const percent = (share) => Math.round(100 * share);
    for (const pair of tally(state, names.length)) {
      const { first, second, firstCloser, secondCloser, ties, p, low, high } = pair;
      const share = percent(low) + ' to ' + percent(high) + ' %';
      cells(table.tBodies[0].insertRow(), 'td', [names[first], names[second], firstCloser, secondCloser, ties, p.toFixed(4), share], heads);
    }
    const text = blindCsv(state, names, places.map(({ label }) => label));
    element('text').textContent = text;
    const link = element('csv');
    URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
    link.download = 'blind-' + id + '.csv';
  };

  const show = () => {
    const { trials, answers } = state;
    const isOver = answers.length === trials.length;
    element('ask').hidden = isOver;
    element('end').hidden = !isOver;
    if (isOver) return result();
    const { place, left, right } = trials[answers.length];
    element('left').src = places[place].pictures[left];
    element('original').src = places[place].reference;
    element('right').src = places[place].pictures[right];
    element('step').textContent = 'Pair ' + (answers.length + 1) + ' of ' + trials.length;
    element('done').max = trials.length;
    element('done').value = answers.length;
    element('back').disabled = answers.length === 0;
  };
  const isAsking = () => state.answers.length < state.trials.length;
  const answer = (said) => {
    if (!isAsking()) return;
    state = { ...state, answers: [...state.answers, said] };
    keep();
    show();
    if (!isAsking()) element('over').focus();
  };
  const back = () => {
    if (!isAsking() || state.answers.length === 0) return;
    state = { ...state, answers: state.answers.slice(0, -1) };
    keep();
    show();
  };

  for (const button of document.querySelectorAll('[data-answer]')) {
    button.onclick = (event) => {
      // After a click with a mouse or finger the space bar is free again for "no difference".
      if (event.detail > 0) button.blur();
      answer(button.dataset.answer);
    };
  }
  element('back').onclick = (event) => { if (event.detail > 0) element('back').blur(); back(); };
  element('again').onclick = () => { state = fresh(); keep(); show(); };
  document.addEventListener('keydown', (event) => {
    if (event.repeat || event.altKey || event.ctrlKey || event.metaKey || !isAsking()) return;
    // A button or link that was reached by keyboard is what the space bar presses.
    if (event.key === ' ' && event.target.closest('button, a, summary')) return;
    const said = { ArrowLeft: 'left', ArrowRight: 'right', ' ': 'tie' }[event.key];
    if (said === undefined && event.key !== 'Backspace') return;
    event.preventDefault();
    if (said === undefined) back();
    else answer(said);
  });
  keep();
  show();
`;

/** The script of a blind test's page: its logic, and what shows it. */
export function blindScript(): string {
  return `'use strict';\n(() => {\n${logic.map(String).join('\n')}\n${page}})();\n`;
}
