/// <reference lib="dom" />
// Runs in the browser.
import type { Listing } from '../folders.js';
import type { Job, JobOptions, JobPace } from '../queue/job.js';
import type { MachinesView } from '../machines/machines-view.js';
import type { PresetList } from '../presets.js';
import type { QueueChange } from '../queue/queue.js';
import type { TrackOffers } from '../track-offers.js';
import type { AddAnswer } from '../web/server.js';

/** What the page knows of the queue. */
export type PageState = {
  /** In the order of the queue. */
  readonly jobs: readonly Job[];
  readonly paused: boolean;
  readonly paces: Readonly<Record<string, JobPace>>;
  /** Whether the server is connected, so that changes arrive. */
  readonly connected: boolean;
  /** The queue in Redis whose machines do the work; `null` where the server's machine does. */
  readonly machines: MachinesView | null;
};

/** The state before the server has answered. */
export const emptyState: PageState = {
  ...{ jobs: [], paused: false, paces: {}, connected: false, machines: null },
};

/** What the server offers to choose from. */
export type Choices = {
  readonly roots: readonly string[];
  readonly codecs: readonly string[];
  readonly models: readonly string[];
  readonly qualities: readonly string[];
  readonly config: PresetList;
};

/** The state after `changes`. */
export function changed(state: PageState, changes: readonly QueueChange[]): PageState {
  const jobs = new Map(state.jobs.map((job) => [job.id, job]));
  const paces: Record<string, JobPace> = { ...state.paces };
  let { paused } = state;
  let order: readonly string[] | null = null;
  for (const change of changes) {
    if (change.kind === 'order') {
      order = change.order;
      paused = change.paused;
    } else if (change.kind === 'pace') {
      paces[change.id] = change.pace;
      const job = jobs.get(change.id);
      if (job !== undefined) jobs.set(change.id, { ...job, frames: change.frames });
    } else if (change.job === null) jobs.delete(change.id);
    else jobs.set(change.id, change.job);
  }
  // A job that was added after this order was sent comes last; the next order has it.
  const placed = (order ?? []).filter((id) => jobs.has(id));
  const sorted = [...new Set([...placed, ...jobs.keys()])].map((id) => jobs.get(id)!);
  return { ...state, jobs: sorted, paces, paused };
}

/** Calls `onState` with the queue's state and after each change; reconnects by itself. */
export function follow(onState: (update: (state: PageState) => PageState) => void): void {
  const source = new EventSource('/api/changes');
  source.addEventListener('state', (event: MessageEvent<string>) => {
    const { jobs, paused } = JSON.parse(event.data) as Pick<PageState, 'jobs' | 'paused'>;
    onState((state) => ({ ...state, jobs, paused, connected: true }));
  });
  source.addEventListener('changes', (event: MessageEvent<string>) => {
    const changes = JSON.parse(event.data) as QueueChange[];
    onState((state) => changed(state, changes));
  });
  source.addEventListener('machines', (event: MessageEvent<string>) => {
    const machines = JSON.parse(event.data) as MachinesView;
    onState((state) => ({ ...state, machines }));
  });
  source.addEventListener('error', () => onState((state) => ({ ...state, connected: false })));
}

async function answer<T>(response: Response): Promise<T> {
  const body = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new Error(body.error ?? `The server answered ${response.status}.`);
  return body;
}

async function post<T>(where: string, body: object, signal?: AbortSignal): Promise<T> {
  const headers = { 'Content-Type': 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify(body) };
  return answer<T>(await fetch(where, signal === undefined ? request : { ...request, signal }));
}

/** Requests to the server; all but `log` reject with the server's message. */
export const server = {
  choices: async () => answer<Choices>(await fetch('/api/choices')),
  folder: async (folder: string) =>
    answer<Listing>(await fetch(`/api/folder?folder=${encodeURIComponent(folder)}`)),
  plan: (input: string, options: JobOptions, signal: AbortSignal) =>
    post<Partial<Job>>('/api/plan', { input, options }, signal),
  tracks: (inputs: readonly string[], signal: AbortSignal) =>
    post<TrackOffers>('/api/tracks', { inputs }, signal),
  preview: (input: string, options: JobOptions) =>
    post<{ id: string }>('/api/preview', { input, options }),
  add: (inputs: readonly string[], options: JobOptions) =>
    post<AddAnswer>('/api/jobs', { inputs, options }),
  ask: (id: string, request: string) => post(`/api/jobs/${id}`, { do: request }),
  move: (id: string, before: string | null) => post(`/api/jobs/${id}`, { do: 'move', before }),
  pause: (paused: boolean) => post('/api/queue', { paused }),
  log: async (id: string) => (await fetch(`/api/jobs/${id}/log`)).text(),
};
