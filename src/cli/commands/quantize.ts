import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { VsrError } from '../../errors.js';
import { openPlace } from '../../files/place.js';
import { temporaryFolder } from '../../files/temporary-folder.js';
import { locateFfmpeg } from '../../media/program/ffmpeg.js';
import type { CardFigures, ModelCard } from '../../model/catalogue/card.js';
import type { FirstPass } from '../../training/pictures/first-pass.js';
import type { FileEvaluation, Figures } from '../../report/evaluate/evaluation.js';
import { wholeNumber } from '../display/numbers.js';
import { shownPath } from '../display/say.js';

type Flags = {
  pictures: string;
  output?: string;
  overwrite?: true;
  count: number;
  benchmark: string[];
};

const examples = `
Examples:
  vsr quantize espcn-16-x2 --pictures photos/
  vsr quantize espcn-16-x2 --pictures photos/ --benchmark Set5/ Set14/ -o espcn-16-int8-x2.onnx
  vsr upscale clip.mp4 -m models/mine-x2.onnx --precision int8   runs models/mine-int8-x2.onnx

Layers compute in 8-bit whole numbers: about 1.6 times as fast on x86 processors, some hundredths
of a dB below the original. The card beside the output holds its figures on --benchmark.`;

/** The command `vsr quantize`. */
export function quantizeCommand(): Command {
  return new Command('quantize')
    .description('Makes an 8-bit copy of a network, which runs faster on the CPU.')
    .argument('<model>', 'a model of the catalogue, or an .onnx file made by vsr train')
    .requiredOption(
      '-p, --pictures <folder>',
      'pictures like those that the network will enlarge, to measure its layers on',
    )
    .option(
      '-o, --output <file>',
      'the new model (default: <model> with -int8 before its scale; beside a model file, otherwise in the current folder)',
    )
    .option('--overwrite', 'replace a model, and a card, of that name')
    .option('--count <n>', 'use at most this many pictures', wholeNumber(1), 16)
    .addOption(
      new Option(
        '--benchmark <folders...>',
        'measure both models on these folders, for the card',
      ).default([], 'none'),
    )
    .addHelpText('after', examples)
    .action(run);
}

async function run(model: string, flags: Flags): Promise<void> {
  const { catalogue } = await import('../../model/catalogue/catalogue.js');
  const { chooseModel } = await import('../../model/catalogue/chain.js');
  const { quantisedName } = await import('../../model/catalogue/in-precision.js');
  const { cardPathOf, openModelPlaces } = await import('../../training/saved/write-model.js');
  const { quantiseModel } = await import('../../model/networks/quantise.js');
  const entry = (await catalogue()).find(({ name }) => name === model);
  const source = await chooseModel(model);
  const name =
    flags.output === undefined
      ? quantisedName(source.name)
      : path.basename(flags.output).replace(/\.onnx$/i, '');
  // Beside its model, where vsr upscale --precision int8 looks for it. The catalogue's folder
  // belongs to the program, so copies of its models go to the current folder.
  const folder = entry === undefined ? path.dirname(source.path) : '.';
  const beside = path.join(folder, `${path.basename(name)}.onnx`);
  const output = path.resolve(flags.output ?? beside);
  const wish = { overwrite: flags.overwrite ?? false, otherName: 'with -o' };
  const inputs = [source.path, cardPathOf(source.path)];
  const places = entry === undefined ? null : await openModelPlaces(output, { inputs, ...wish });
  const place =
    places === null ? await openPlace({ what: 'model', file: output, inputs, ...wish }) : null;
  const { firstPassOf } = await import('../../training/pictures/first-pass.js');
  // A model for the second pass is measured on what the first pass makes.
  const first = entry?.card.after;
  const after = first === undefined ? undefined : await firstPassOf(first.name);
  const scale = source.scale * (after?.scale ?? 1);
  const pictures = await smallPictures(flags.pictures, flags.count, scale, after);
  const bytes = await quantiseModel(
    await readFile(source.path),
    pictures,
    { name, of: source.sha256 },
    source.path,
  );
  const figures: Record<string, CardFigures> = {};
  // Measured before it gets its name, which is given last.
  await using draft = await temporaryFolder('quantize');
  const drafted = path.join(draft.path, path.basename(output));
  await writeFile(drafted, bytes);
  for (const folder of flags.benchmark) {
    const chain = after === undefined ? drafted : `${after.name},${drafted}`;
    figures[path.basename(path.resolve(folder))] = await measured(folder, chain, scale);
  }
  await place?.write(bytes);
  if (entry !== undefined && places !== null) {
    // The curve and the test are of the original's training.
    const { ...card } = entry.card;
    delete (card as { curve?: unknown }).curve;
    delete (card as { test?: unknown }).test;
    const next: ModelCard = {
      ...card,
      name,
      file: path.basename(output),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      recipe: {
        command: `vsr quantize ${model} --pictures ${path.basename(flags.pictures)} --count ${flags.count}`,
        quantised: { name: source.name, sha256: source.sha256, pictures: pictures.length },
      },
      figures,
      created: new Date().toISOString(),
    };
    await places.write(bytes, next);
  }
  const shown = Object.entries(figures).map(([set, { psnr }]) => {
    const before = entry?.card.figures[set];
    return `, ${set} ${psnr.toFixed(2)} dB${before === undefined ? '' : ` (was ${before.psnr.toFixed(2)})`}`;
  });
  process.stdout.write(`${shownPath(output)}: ${bytes.length} bytes${shown.join('')}\n`);
}

/** Luma of up to `count` pictures of a folder, reduced as the network will see them. */
async function smallPictures(folder: string, count: number, scale: number, after?: FirstPass) {
  const { runFirstPass } = await import('../../training/pictures/first-pass.js');
  const { evaluationInputs } = await import('../../report/evaluate/evaluate.js');
  const { isImageName, readLuma } = await import('../../media/still/luma-image.js');
  const { resizePlane } = await import('../../planes/resize.js');
  const files = (await evaluationInputs([folder])).filter(isImageName);
  if (files.length === 0) {
    throw new VsrError('media', `Expected pictures in ${folder} but found none.`);
  }
  // Spread over the folder, and the same in every run.
  const stride = Math.max(1, Math.floor(files.length / count));
  const pictures = [];
  for (const file of files.filter((_, i) => i % stride === 0).slice(0, count)) {
    const { width, height, ...rest } = await readLuma(file);
    const plane = { width, height, ...rest };
    const small = resizePlane(
      plane,
      Math.max(1, Math.floor(width / scale)),
      Math.max(1, Math.floor(height / scale)),
    );
    pictures.push(after === undefined ? small : await runFirstPass(after, small));
  }
  return pictures;
}

async function measured(folder: string, model: string, scale: number): Promise<CardFigures> {
  const { evaluate, evaluationInputs } = await import('../../report/evaluate/evaluate.js');
  const { meanFigures } = await import('../../report/evaluate/evaluation.js');
  const results: FileEvaluation[] = [];
  const options = {
    scale,
    model,
    degradation: { kind: 'bicubic', noise: 0, crf: [0, 0] },
    provider: { name: 'cpu' },
  } as const;
  for await (const result of evaluate(
    () => locateFfmpeg(),
    await evaluationInputs([folder]),
    options,
  )) {
    results.push(result);
  }
  const mean = (way: string | undefined): Figures =>
    meanFigures(results.flatMap((result) => result.figures[way ?? ''] ?? []));
  const ours = mean(Object.keys(results[0]?.figures ?? {})[0]);
  return { psnr: ours.psnrY, ssim: ours.ssim ?? 0, bicubicPsnr: mean('bicubic').psnrY };
}
