/** What an authenticator app does. */

import { createHmac } from 'node:crypto';

/** The code of a secret in Base32 at a moment: SHA-1, six digits, half a minute. */
export function code(secret: string, millis = Date.now()): string {
  const bits = [...secret.replaceAll(' ', '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(millis / 30_000)));
  const hash = createHmac('sha1', key).update(step).digest();
  const at = hash[hash.length - 1]! & 0xf;
  return String((hash.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}
