import { Command } from 'commander';
import { VsrError } from '../../errors.js';
import {
  queueAddress,
  queueVariables,
  withoutPassword,
  type QueueAddress,
} from '../../queue/redis/address.js';

/** Options of every command that speaks to a queue, as commander hands them over. */
export type QueueFlags = {
  queue?: string;
  queuePasswordFile?: string;
  queueCa?: string;
};

/** Adds the options that say where a queue is. */
export function withQueueOptions(
  command: Command,
  about = `redis://[user@]host:port, or rediss:// over TLS (default: $${queueVariables.url})`,
): Command {
  return command
    .option('--queue <url>', about)
    .option(
      '--queue-password-file <file>',
      `holds the queue’s password (or: $${queueVariables.password})`,
    )
    .option('--queue-ca <file.pem>', 'certificate to trust for rediss://');
}

/** Collects an option that may be given several times. */
export function collected(word: string, before: readonly string[] = []): string[] {
  return [...before, word];
}

/**
 * Where the queue is that a call names. Throws VsrError `option` where it names none; `url` is what
 * the environment says where the call says nothing.
 */
export function addressOf(flags: QueueFlags, url = process.env[queueVariables.url]): QueueAddress {
  const wished = flags.queue ?? url;
  if (wished === undefined || wished === '') {
    throw new VsrError(
      'option',
      `Expected --queue with the address of a queue, as redis://host:6379, or ${queueVariables.url} in the environment.`,
    );
  }
  hidePassword();
  return queueAddress({
    url: wished,
    passwordFile: flags.queuePasswordFile,
    caFile: flags.queueCa,
  });
}

/** Hides a password from lists of processes. */
function hidePassword(): void {
  const words = process.argv.slice(2);
  const shown = words.map((word) => word.replace(/rediss?:\/\/\S*/gi, withoutPassword));
  if (shown.some((word, i) => word !== words[i])) process.title = ['vsr', ...shown].join(' ');
}
