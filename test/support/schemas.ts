import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Outcome, VsrEvent } from '../../src/events.js';
import { packageRoot } from '../../src/package-root.js';

/** One of docs/schema. */
export function schemaOf(name: 'events' | 'summary'): Record<string, unknown> {
  const file = path.join(packageRoot(), 'docs', 'schema', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

const ajv = new Ajv2020({
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
  validateFormats: false,
});
ajv.addSchema(schemaOf('events'));
const isSummary = ajv.compile(schemaOf('summary'));

/** One schema per kind of event: what does not fit is then told for that kind alone. */
const kinds = new Map<string, ValidateFunction>();
function kindOf(event: string): ValidateFunction {
  const known = kinds.get(event) ?? ajv.compile({ $ref: `events.json#/$defs/${event}` });
  kinds.set(event, known);
  return known;
}

/** Events, one JSON object per line, each checked by the schema; throws for any other line. */
export function eventsOf(text: string): VsrEvent[] {
  assert.ok(text.endsWith('\n'), `an unfinished line: ${text.slice(-200)}`);
  const isEvent = ajv.getSchema('events.json')!;
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const event = JSON.parse(line) as VsrEvent;
      const valid = kindOf(event.event);
      assert.ok(valid(event), `${line}\n${ajv.errorsText(valid.errors)}`);
      assert.ok(isEvent(event), line);
      return event;
    });
}

/** What a command prints with `--json`. */
export type Summary = {
  readonly command: string;
  readonly exitCode: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly outcomes: readonly Omit<Outcome, 'event'>[];
  readonly facts: Record<string, unknown>;
};

/** A summary, checked by the schema; throws where it does not fit. */
export function summaryOf(text: string): Summary {
  const summary = JSON.parse(text) as Summary;
  assert.ok(isSummary(summary), `${text}\n${ajv.errorsText(isSummary.errors)}`);
  return summary;
}
