import { clipStates } from '../redis/book.js';
import type { Overview } from './overview.js';
import { printable } from '../../printable.js';

/** A metric family in the text format of Prometheus: one name, with a value per set of labels. */
type Family = {
  readonly name: string;
  readonly help: string;
  readonly values: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
};

/** A label's text; a worker's name may be a stranger's, and the figures may go to a terminal. */
function escaped(text: string): string {
  return printable(text).replace(/[\\"]/g, '\\$&');
}

function linesOf({ name, help, values }: Family): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...values.map(([labels, value]) => {
      const words = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
      return `${name}{${words.join(',')}} ${value}`;
    }),
  ];
}

/** The figures of a queue, in the text format of Prometheus. */
export function metricsOf({ lanes, clips, workers }: Overview): string {
  const perLane = (
    name: string,
    help: string,
    value: (lane: Overview['lanes'][number]) => number,
  ) => ({
    ...{ name, help },
    values: lanes.map((lane) => [{ fingerprint: lane.fingerprint.id }, value(lane)] as const),
  });
  const families: Family[] = [
    perLane('vsr_queue_workers', 'Workers that gave a sign of life', (lane) => lane.workers),
    perLane('vsr_queue_jobs_waiting', 'Jobs that no worker has begun', (lane) => lane.waiting),
    perLane('vsr_queue_jobs_active', 'Jobs under way', (lane) => lane.active),
    perLane('vsr_queue_paused', '1 while no job is begun', (lane) => Number(lane.paused)),
    {
      name: 'vsr_queue_open_seconds',
      help: 'Seconds that one worker would need for all open clips, where that is known',
      values: lanes.flatMap(({ fingerprint, openSeconds }) =>
        openSeconds === null ? [] : [[{ fingerprint: fingerprint.id }, openSeconds] as const],
      ),
    },
    {
      name: 'vsr_queue_clips',
      help: 'Clips that are remembered, by their state',
      values: clipStates.map(
        (state) => [{ state }, clips.filter((clip) => clip.state === state).length] as const,
      ),
    },
    {
      name: 'vsr_queue_worker_segments_done',
      help: 'Segments that a worker has made since it started',
      values: workers.map(
        ({ name, id, segmentsDone }) => [{ worker: name, id }, segmentsDone] as const,
      ),
    },
    {
      name: 'vsr_queue_worker_clock_seconds',
      help: 'Seconds that a worker’s clock shows more than the server’s',
      values: workers.map(
        ({ name, id, clockMs }) => [{ worker: name, id }, clockMs / 1000] as const,
      ),
    },
  ];
  return `${families.flatMap(linesOf).join('\n')}\n`;
}
