import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type { Share } from '../job/share.js';

/** The server does not have the certificate that the job names. */
export class OtherCertificate extends Error {}

/**
 * Connects to a submitter. With TLS, only the certificate that the job names is accepted, whoever
 * signed it: the job came the same way as the token, and no machine needs a list of authorities.
 */
export async function connectTo(
  { url, certificate }: Share,
  signal: AbortSignal,
): Promise<net.Socket> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const isTls = protocol === 'https:';
  const at = { host, port: Number(port || (isTls ? 443 : 80)) };
  const servername = net.isIP(host) === 0 ? { servername: host } : {};
  const socket = isTls
    ? // The certificate is checked below, before anything is sent.
      tls.connect({ ...at, ...servername, rejectUnauthorized: false })
    : net.connect(at);
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect', { signal });
    if (socket instanceof tls.TLSSocket) {
      const found = createHash('sha256').update(socket.getPeerCertificate().raw).digest();
      if (!timingSafeEqual(found, Buffer.from(certificate ?? '', 'hex').subarray(0, 32))) {
        throw new OtherCertificate(`${url} has not the certificate that the job names`);
      }
    }
    return socket;
  } catch (error) {
    socket.on('error', () => {});
    socket.destroy();
    throw error;
  }
}
