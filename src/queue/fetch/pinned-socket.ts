import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type { Share } from '../job/share.js';

/** The server has another certificate than the job names. */
export class OtherCertificate extends Error {}

/**
 * Connects to a submitter. With TLS, exactly the certificate is accepted whose hash is in the job,
 * whoever signed it. The hash is as trustworthy as the token, which came the same way, and no
 * machine needs a list of authorities. Throws OtherCertificate, or the error of the connection.
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
        throw new OtherCertificate(`${url} has another certificate than the job names`);
      }
    }
    return socket;
  } catch (error) {
    socket.on('error', () => {});
    socket.destroy();
    throw error;
  }
}
