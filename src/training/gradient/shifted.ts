import type { Tape, Value } from '../../model/autodiff/tape.js';
import type { Network } from '../../model/language/network.js';

/** The input [2] by which critics' pictures are shifted: samples down and across. */
export const shiftInput = 'shift';

/**
 * How many samples each way a picture can be shifted before critics look at it: with so many, every
 * place of an enlarged sample's block comes to lie everywhere in the critics' own grids. Else a
 * network learns patterns in step with both grids, which show as a checkerboard.
 */
export function mostShifted({ scale }: Pick<Network, 'scale'>): number {
  return Math.ceil(scale) - 1;
}

/** Side, in samples, of what critics see of the enlargement of `patch` samples each way. */
export function sideSeen(network: Pick<Network, 'scale'>, patch: number): number {
  return patch * network.scale - mostShifted(network);
}

/** Adds the input `shift`, int64, each 0 to `most`; gives what cuts pictures by it. */
export function shifting(tape: Tape, most: number): (picture: Value) => Value {
  const { graph } = tape;
  const shift = graph.input(shiftInput, 'int64', [2]);
  const ints = (name: string, values: readonly number[]) => graph.ints(name, values);
  return (picture) => {
    const [n, c, h, w] = picture.shape as [number, number, number, number];
    const extents = [n, c, h - most, w - most];
    const end = graph.op('Add', [shift, ints('seen', extents.slice(2))]);
    const y = tape.node('Slice', [picture], extents, {}, [shift, end, ints('axes', [2, 3])]);
    const none = ints('none', [0, 0]);
    const back = (dy: Value): Value => {
      const after = graph.op('Sub', [ints('most', [most, most]), shift]);
      const pads = graph.op('Concat', [none, shift, none, after], { axis: 0 });
      return tape.node('Pad', [dy], picture.shape, {}, [pads]);
    };
    return tape.record(y, [[picture, back]]);
  };
}
