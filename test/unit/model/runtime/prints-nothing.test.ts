import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { GraphBuilder } from '../../../../src/model/onnx/graph-builder.js';
import { encodeModel } from '../../../../src/model/onnx/model-file.js';

/** A process that runs a model on five samples, and says why it failed. */
const program = `
  const [session, model] = process.argv.slice(1);
  const { openSession } = await import(session);
  const bytes = Buffer.from(model, 'base64');
  const opened = await openSession(bytes, [{ name: 'cpu', device: 0 }]);
  const x = new opened.ort.Tensor('float32', new Float32Array(5), [1, 1, 1, 5]);
  await opened.session.run({ x }).catch((error) => console.log(error.message));
`;

test('what the runtime has to say of a failure is in its error, not on the terminal', () => {
  const graph = new GraphBuilder('fails');
  const x = graph.input('x', 'float32', [1, 1, 'H', 'W']);
  // Seven samples cannot be added to five.
  graph.op(
    'Add',
    [x, graph.initializer('seven', 'float32', [1, 1, 1, 7], new Float32Array(7))],
    {},
    'y',
  );
  graph.output('y', 'float32', [1, 1, 'H', 'W']);
  const session = new URL('../../../../src/model/runtime/session.js', import.meta.url).href;
  const model = Buffer.from(encodeModel(graph.build())).toString('base64');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', program, session, model],
    { encoding: 'utf8' },
  );
  assert.match(stdout, /5 by 7|axis/);
  assert.equal(stderr, '');
});
