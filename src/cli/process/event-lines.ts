import { fstatSync, writeSync } from 'node:fs';
import { badValue } from '../../errors.js';
import { eventsVersion, type ProgressEvent, type VsrEvent } from '../../events.js';
import { printableJson } from '../../printable.js';
import { sentenceOf } from '../display/sentence.js';

/** Milliseconds between progress lines of a clip. */
const everyMs = 500;

/** Milliseconds to wait while a pipe is full. */
const fullPipeMs = 5;

/** Throws VsrError `option` for a file descriptor that takes no lines. */
function checkDescriptor(fd: number): void {
  const advice = `Open it for the program: vsr ... --progress-fd ${fd} ${fd}>events.jsonl`;
  const wrong = () => badValue('an open, writable file descriptor', '--progress-fd', fd, advice);
  try {
    const info = fstatSync(fd);
    const isTaken = info.isFIFO() || info.isSocket() || info.isFile() || info.isCharacterDevice();
    if (!isTaken) throw wrong();
    writeSync(fd, Buffer.alloc(0));
  } catch {
    throw wrong();
  }
}

/** Writes events as lines of JSON. A reader that goes away does not stop the job. */
export class EventLines {
  readonly #fd: number;
  /** When, and in which stage, the last progress line of each clip was written. */
  readonly #last = new Map<string, { readonly at: number; readonly stage: string }>();
  #isGone = false;

  /** Throws VsrError `option` for a descriptor that is not open. */
  constructor(fd: number) {
    checkDescriptor(fd);
    this.#fd = fd;
  }

  write(event: VsrEvent): void {
    if (event.event === 'progress' && !this.#isDue(event)) return;
    const shown =
      event.event === 'failed'
        ? { ...event, error: { ...event.error, message: sentenceOf(event.error) } }
        : event;
    const stamped = { version: eventsVersion, time: new Date().toISOString(), ...shown };
    this.#line(`${printableJson(stamped, 0)}\n`);
  }

  #isDue({ clip, stage, frames, of }: ProgressEvent): boolean {
    const at = performance.now();
    const last = this.#last.get(clip);
    if (last?.stage === stage && at - last.at < everyMs && frames !== of) return false;
    this.#last.set(clip, { at, stage });
    return true;
  }

  /**
   * Synchronous, so that every event is written before the process ends. A slow reader holds the
   * job up, and misses nothing.
   */
  #line(line: string): void {
    let rest = Buffer.from(line);
    while (rest.length > 0 && !this.#isGone) {
      try {
        rest = rest.subarray(writeSync(this.#fd, rest));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EAGAIN') {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, fullPipeMs);
        } else this.#isGone = true;
      }
    }
  }
}
