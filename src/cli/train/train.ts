import { Command } from 'commander';
import { withDataOptions } from './options/data.js';
import { withLowResolutionOptions } from './options/low-resolution.js';
import { withNetworkOptions } from './options/network.js';
import { withOptimisationOptions } from './options/optimisation.js';
import { withRunningOptions } from './options/running.js';
import { runTrain } from './run-train.js';

const examples = `
Examples:
  vsr train --data photos/ --out models/mine-x2.onnx
  vsr train --data frames/ --arch espcn --scale 3 --steps 50000 --out mine-x3.onnx
  vsr train --data photos/ --arch espcn-32 --expand 128 --loss charbonnier --lr 1e-3 --out mine.onnx
  vsr train --data photos@0.5 --also-reduced 0.6,0.4 --out mine.onnx   photographs, halved first
  vsr train --data clip.mp4 --degrade codec --from models/espcn-16-x2.onnx --lr 1e-3 --out mine.onnx
  vsr train --data photos/ --from mine-x2.onnx --int8 --lr 2e-4 --steps 8000 --out mine-int8-x2.onnx
  vsr train --data photos/ --after espcn-16-x2 --from espcn-16-x2 --out second-x2.onnx
                                    for vsr upscale --scale 4 --model espcn-16-x2,second-x2.onnx
  vsr train --recipe mine.onnx.train/recipe.yaml --seed 2 --out second.onnx --work second.train
  vsr train ... --resume            goes on where a stopped or killed run was, with the same options

The work folder (<out>.train/) holds the checkpoint, metrics.csv, loss.svg, psnr.svg, sheet.png
and recipe.yaml, the options of the run.
The model is written at the end, with a card (.json) that keeps every setting.`;

/** The groups of options, in the order in which the help shows them. */
const optionGroups: readonly ((command: Command) => Command)[] = [
  withDataOptions,
  withNetworkOptions,
  withLowResolutionOptions,
  withOptimisationOptions,
  withRunningOptions,
];

/** The command `vsr train`. */
export function trainCommand(): Command {
  const command = new Command('train').description(
    'Trains a network on pictures and writes it as a model that vsr upscale takes.',
  );
  for (const withGroup of optionGroups) withGroup(command);
  return command.addHelpText('after', examples).action(() => runTrain(command));
}
