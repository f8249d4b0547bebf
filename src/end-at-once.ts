import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Machine code of `exit_group(code)`, by processor; `code` is one byte.
 *
 * x64: mov edi, code; mov eax, 231; syscall. arm64: movz x0, code; movz x8, 94; svc 0.
 */
const machineCode: Readonly<Record<string, (code: number) => readonly number[]>> = {
  x64: (code) => [0xbf, code, 0, 0, 0, 0xb8, 231, 0, 0, 0, 0x0f, 0x05],
  arm64: (code) => {
    const words = [0xd2800000 | (code << 5), 0xd2800008 | (94 << 5), 0xd4000001];
    return words.flatMap((word) => [word, word >>> 8, word >>> 16, word >>> 24]);
  },
};

/** What ELF calls the processors. */
const elfMachine: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

/** Pages are at most this large; the two mappings of the file must not share one. */
const largestPage = 0x10000;

/**
 * A shared library for Linux whose initialiser ends the process with `code`: the one way in which
 * Node 20 can end a process whose threads are stuck in native code, for `process.exit` waits for
 * all threads. `null` where there is none.
 */
export function endingLibrary(code: number, arch: string = process.arch): Uint8Array | null {
  const instructions = machineCode[arch]?.(code & 0xff);
  if (instructions === undefined) return null;
  const [headerSize, programSize, dynamicAt] = [64, 56, 64 + 4 * 56];
  // Entries of the dynamic section: initialiser, strings and their size, symbols and their size,
  // end.
  const [stringsAt, codeAt] = [dynamicAt + 7 * 16, dynamicAt + 7 * 16 + 32];
  const file = Buffer.alloc(codeAt + instructions.length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(3, 16); // A shared object,
  file.writeUInt16LE(elfMachine[arch]!, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(headerSize), 32); // whose program headers follow at once.
  file.writeUInt16LE(headerSize, 52);
  file.writeUInt16LE(programSize, 54);
  file.writeUInt16LE(4, 56);
  const size = file.length;
  const [readRun, readWrite] = [5, 6];
  // The file is mapped twice: once to run, once because older loaders write into the dynamic
  // section.
  const programs = [
    { type: 1, flags: readRun, from: 0, to: 0, size, align: largestPage },
    { type: 1, flags: readWrite, from: 0, to: largestPage, size, align: largestPage },
    {
      ...{ type: 2, flags: readWrite, from: dynamicAt, to: largestPage + dynamicAt },
      ...{ size: 7 * 16, align: 8 },
    },
    // No stack that can run.
    { type: 0x6474e551, flags: readWrite, from: 0, to: 0, size: 0, align: 16 },
  ];
  programs.forEach(({ type, flags, from, to, size: length, align }, i) => {
    const at = headerSize + i * programSize;
    file.writeUInt32LE(type, at);
    file.writeUInt32LE(flags, at + 4);
    [from, to, to, length, length, align].forEach((value, k) =>
      file.writeBigUInt64LE(BigInt(value), at + 8 + 8 * k),
    );
  });
  const dynamic: readonly (readonly [tag: number, value: number])[] = [
    [12, codeAt],
    [5, largestPage + stringsAt],
    [10, 1],
    [6, largestPage + stringsAt + 8],
    [11, 24],
    [0, 0],
  ];
  dynamic.forEach(([tag, value], i) => {
    file.writeBigUInt64LE(BigInt(tag), dynamicAt + 16 * i);
    file.writeBigUInt64LE(BigInt(value), dynamicAt + 16 * i + 8);
  });
  file.set(instructions, codeAt);
  return file;
}

/** Loads a library out of a file that is gone from its folder before it is loaded. */
function loadLibrary(bytes: Uint8Array): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'vsr-end-'));
  let open: number;
  try {
    const file = path.join(folder, 'end.node');
    writeFileSync(file, bytes);
    open = openSync(file, 'r');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.dlopen({ exports: {} }, `/proc/self/fd/${open}`);
}

/**
 * Ends this process with `code` and waits for no thread, to be used where one may be stuck in
 * native code: nothing that is to happen at the exit happens any more. Where no library can be
 * loaded, a signal ends the process: SIGINT for 130, which shells report as 130, otherwise SIGKILL.
 */
export function endAtOnce(code: number): void {
  try {
    const bytes = process.platform === 'linux' ? endingLibrary(code) : null;
    if (bytes !== null) loadLibrary(bytes);
  } catch {
    // No space, or a temporary folder from which nothing may run.
  }
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, code === 130 ? 'SIGINT' : 'SIGKILL');
}

/** Ends the process at once after its exit handlers have run. */
export function endAtOnceAtExit(): void {
  process.once('exit', endAtOnce);
}
