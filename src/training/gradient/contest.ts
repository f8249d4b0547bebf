import { add, mean } from '../../model/autodiff/pointwise.js';
import { sizeOf, Tape, type Value } from '../../model/autodiff/tape.js';
import {
  type Discriminator,
  judgingParameters,
  verdicts,
} from '../../model/discriminators/discriminator.js';
import { gradientOf, viewsOf } from '../../model/language/training-graph.js';
import { distanceFromEnlarged, distanceFromTrue } from './loss.js';

/** Number of trainable values of a discriminator, for pictures of `channels` channels. */
export function judgingCount(discriminator: Discriminator, channels: number): number {
  return judgingParameters(discriminator, channels).reduce((sum, { size }) => sum + size, 0);
}

/**
 * A discriminator that judges a network's pictures and true ones, in one training graph. Two tapes
 * differentiate it: on the network's tape the discriminator's weights are constants, on the
 * discriminator's tape the pictures are.
 */
export class Contest {
  readonly #discriminator: Discriminator;
  readonly #pictures: { readonly made: Value; readonly real: Value };
  readonly #views: readonly (readonly Value[])[];
  readonly #tape: Tape;
  /**
   * The discriminator's verdicts [N, 1, h, w] on the network's pictures, for the network's loss.
   */
  readonly verdicts: Value;

  /**
   * Adds the input `judge`, the discriminator's weights [its parameters]. `made` and `real` are
   * pictures [N, C, H, W] of 0..1.
   */
  constructor(tape: Tape, discriminator: Discriminator, made: Value, real: Value) {
    const channels = made.shape[1]!;
    const shape = [judgingCount(discriminator, channels)];
    const flat = { name: tape.graph.input('judge', 'float32', shape), shape };
    this.#discriminator = discriminator;
    this.#pictures = { made, real };
    this.#views = viewsOf(tape, judgingParameters(discriminator, channels), flat);
    this.#tape = tape;
    this.verdicts = verdicts(tape, discriminator, made, this.#views.flat());
  }

  /**
   * Adds the outputs by which the discriminator learns: `gradient` [its parameters], and `right`
   * [1], the share of places on which it is right, 0 to 1.
   */
  addLearning(gradient: string, right: string): void {
    const { graph, block } = this.#tape;
    const tape = new Tape(graph, block);
    const lists = this.#views.flat();
    for (const value of lists) tape.want(value);
    const onMade = verdicts(tape, this.#discriminator, this.#pictures.made, lists);
    const onReal = verdicts(tape, this.#discriminator, this.#pictures.real, lists);
    const loss = add(tape, distanceFromEnlarged(tape, onMade), distanceFromTrue(tape, onReal));
    tape.backward(loss);
    gradientOf(tape, this.#views, gradient);
    graph.output(gradient, 'float32', [lists.reduce((sum, { shape }) => sum + sizeOf(shape), 0)]);
    const none = tape.scalar(0);
    const share = (isRight: Value): Value =>
      mean(tape, tape.node('Where', [isRight, tape.scalar(0.5), none], isRight.shape));
    const both = add(
      tape,
      share(tape.node('Greater', [none, onMade], onMade.shape)),
      share(tape.node('Greater', [onReal, none], onReal.shape)),
    );
    graph.op('Reshape', [both.name, graph.ints('shape', [1])], {}, right);
    graph.output(right, 'float32', [1]);
  }
}
