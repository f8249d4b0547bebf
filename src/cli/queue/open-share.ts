import net from 'node:net';
import { once } from 'node:events';
import { badValue, VsrError } from '../../errors.js';
import { ShareServer } from '../../queue/offer/share-server.js';
import type { QueueAddress } from '../../queue/redis/address.js';

/** The options of a call that are about serving its clips. */
export type ShareFlags = {
  /** `true` without a value. */
  share?: string | true;
  shareCert?: string;
  shareKey?: string;
};

/** Reads `address:port`, `address` or `:port`. Throws VsrError `option`. */
export function sharePlace(text: string): { readonly host: string | null; readonly port: number } {
  const [, host, port] = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)?(?::(\d{1,5}))?$/.exec(text) ?? [];
  const number = Number(port ?? 0);
  if ((host === undefined && port === undefined) || number > 65_535) {
    throw badValue(
      'an address and a port of this machine, as 192.168.1.5:8750,',
      '--share',
      text,
      'It takes the word after it as its value: put --share last, or name the address.',
    );
  }
  return { host: host?.replace(/^\[(.*)\]$/, '$1') ?? null, port: number };
}

/** The address of this machine by which it reaches the queue. */
async function addressTowards({ host, port }: QueueAddress): Promise<string> {
  const socket = net.connect({ host, port });
  try {
    await once(socket, 'connect');
    return socket.localAddress ?? '127.0.0.1';
  } finally {
    socket.destroy();
  }
}

/**
 * Begins to serve where a call asks for it; `null` where it does not. Throws VsrError `option` for
 * an address, `queue` for a certificate that cannot be used.
 */
export async function openShare(
  { share, shareCert, shareKey }: ShareFlags,
  queue: QueueAddress,
): Promise<ShareServer | null> {
  if (share === undefined) return null;
  if ((shareCert === undefined) !== (shareKey === undefined)) {
    const [given, missing] =
      shareKey === undefined ? ['--share-cert', '--share-key'] : ['--share-key', '--share-cert'];
    throw new VsrError('option', `Expected ${missing} with ${given}.`);
  }
  const { host, port } = share === true ? { host: null, port: 0 } : sharePlace(share);
  const reachedAt = await addressTowards(queue);
  return ShareServer.open({
    ...{ host: host ?? reachedAt, port, reachedAt },
    tls:
      shareCert === undefined || shareKey === undefined
        ? null
        : { certFile: shareCert, keyFile: shareKey },
  });
}
