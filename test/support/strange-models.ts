import { writeFile } from 'node:fs/promises';
import { GraphBuilder } from '../../src/model/onnx/graph-builder.js';
import { encodeModel } from '../../src/model/onnx/model-file.js';
import { attributeTypes, elementTypes, type OnnxGraph } from '../../src/model/onnx/types.js';
import type { OnnxModel } from '../../src/model/onnx/types.js';

/** A 2x model as others may bring it: it repeats each sample twice each way, then runs `rest`. */
export function strangeModel(
  rest: (graph: GraphBuilder, enlarged: string, source: string) => string,
  channels: 1 | 3 = 1,
): OnnxModel {
  const graph = new GraphBuilder('strange');
  const x = graph.input('x', 'float32', [1, channels, 'H', 'W']);
  const scales = graph.floats('scales', [1, 1, 2, 2]);
  const enlarged = graph.op('Resize', [x, '', scales], { mode: 'nearest' });
  graph.op('Identity', [rest(graph, enlarged, x)], {}, 'y');
  graph.output('y', 'float32', [1, channels, 'H2', 'W2']);
  return graph.build();
}

/**
 * Such a model that copies its picture in a loop `turns` times, or endlessly where that is
 * `Infinity`: how long it takes cannot be told from its operations.
 */
export function loopModel(turns: number): OnnxModel {
  const model = strangeModel((graph, enlarged) => {
    const count = Number.isFinite(turns) ? graph.initializer('turns', 'int64', [], [turns]) : '';
    const go = graph.initializer('go', 'bool', [], Uint8Array.of(1));
    return graph.op('Loop', [count, go, enlarged]);
  });
  const scalar = (name: string, type: number) => ({
    name,
    type: { tensorType: { elemType: type, shape: { dim: [] } } },
  });
  const picture = (name: string) => ({
    name,
    type: { tensorType: { elemType: elementTypes.float32 } },
  });
  const body: OnnxGraph = {
    name: 'body',
    node: [
      { opType: 'Identity', name: 'again', input: ['goes'], output: ['on'] },
      { opType: 'Abs', name: 'copy', input: ['before'], output: ['after'] },
    ],
    input: [
      scalar('turn', elementTypes.int64),
      scalar('goes', elementTypes.bool),
      picture('before'),
    ],
    output: [scalar('on', elementTypes.bool), picture('after')],
  };
  const loop = model.graph!.node!.find(({ opType }) => opType === 'Loop')!;
  loop.attribute = [{ name: 'body', type: attributeTypes.graph, g: body }];
  return model;
}

/** Writes `loopModel(turns)`. */
export async function writeLoopModel(file: string, turns: number): Promise<void> {
  await writeFile(file, encodeModel(loopModel(turns)));
}
