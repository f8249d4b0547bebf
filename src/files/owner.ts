import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';
import { Field } from './json-field.js';

/** The process that owns something, as far as another process can look it up. */
export type Owner = {
  readonly pid: number;
  readonly host: string;
  /**
   * The boot of the kernel and the PID namespace, which two containers do not share. Within one
   * such space a process number is unique. `null` where the system does not tell both.
   */
  readonly pidSpace: string | null;
  /**
   * When the process started, in ticks of the kernel: another process may get the same number
   * later. `null` where the system does not tell it.
   */
  readonly processStart: string | null;
};

/** Whether the owner still runs; `unknown` where that cannot be told from here. */
export type OwnerState = 'alive' | 'gone' | 'unknown';

/** Start time of a process as Linux states it (field 22 of its stat file); `null` elsewhere. */
function processStart(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Fields are counted from behind the program's name, which is in brackets and may hold spaces.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function pidSpace(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null; // Only Linux has these files.
  }
}

/** This process. */
export function thisProcess(): Owner {
  return {
    pid: process.pid,
    host: os.hostname(),
    pidSpace: pidSpace(),
    processStart: processStart(process.pid),
  };
}

/** Reads an owner from a file. Throws `VsrError('media')` where it holds none. */
export function ownerOf(field: Field): Owner {
  const text = (value: Field): string => value.string();
  return {
    pid: field.at('pid').count(),
    host: field.at('host').string(),
    pidSpace: field.at('pidSpace').maybe((value) => value.orNull(text)) ?? null,
    processStart: field.at('processStart').maybe((value) => value.orNull(text)) ?? null,
  };
}

/** Looks up whether an owner still runs. */
export function stateOf(owner: Owner): OwnerState {
  const space = pidSpace();
  const sameSpace = space === null ? owner.host === os.hostname() : true;
  if (owner.pidSpace !== space || !sameSpace) return 'unknown';
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'gone';
  }
  const same = owner.processStart === null || processStart(owner.pid) === owner.processStart;
  return same ? 'alive' : 'gone';
}
