import assert from 'node:assert/strict';
import test from 'node:test';
import { escapeHtml, escapeMarkup } from '../../../src/report/html.js';

test('a page shows what stands in names and messages, and nothing of it acts', () => {
  assert.equal(
    escapeHtml('<b>"a\x1b[2J\u202egpm\n&\'.mp4'),
    '&lt;b&gt;&quot;a\\x1b[2J\\u202egpm\\n&amp;&#39;.mp4',
  );
  assert.equal(escapeMarkup('a\n<'), 'a\n&lt;');
});
