import { resultsMark } from '../../files/marks.js';
import { escapeMarkup } from '../html.js';
import type { ClipResult } from './regress.js';

/** Text escaped for XML, without the characters that XML 1.0 cannot hold. */
function escapeXml(text: string): string {
  // eslint-disable-next-line no-control-regex
  return escapeMarkup(text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ''));
}

/** The name of a check's case, unique in its suite: several networks have the same figures. */
function nameOf({ name, by }: ClipResult['checks'][number]): string {
  return by === null ? name : `${name} of ${by}`;
}

/** Results as JUnit XML: a suite for each clip, with a case for each check. */
export function junitOf(results: readonly ClipResult[]): string {
  const suites = results.map(({ clip, checks, error }) => {
    const cases = checks.map((check) => {
      const open = `    <testcase classname="${escapeXml(clip)}" name="${escapeXml(nameOf(check))}"`;
      if (check.ok) return `${open}/>`;
      const where = check.frame === null ? '' : ` (frame ${check.frame})`;
      const text = `expected ${check.expected} but found ${check.found}${where}`;
      return `${open}><failure message="${escapeXml(text)}"/></testcase>`;
    });
    if (error !== null) {
      const open = `    <testcase classname="${escapeXml(clip)}" name="run">`;
      cases.push(`${open}<error message="${escapeXml(error)}"/></testcase>`);
    }
    const failures = checks.filter(({ ok }) => !ok).length;
    const counts = `tests="${cases.length}" failures="${failures}" errors="${error === null ? 0 : 1}"`;
    return `  <testsuite name="${escapeXml(clip)}" ${counts}>\n${cases.join('\n')}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${resultsMark}>\n${suites.join('\n')}\n</testsuites>\n`;
}
