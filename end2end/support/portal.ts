/** A portal of its own for each spec: started on a free port with a fresh data folder, and gone afterwards. */

import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The moment at which the demo's clock stands still: 14:32 in Oslo. */
export const NOW = '2027-03-05T13:32:00Z';

export type Engine = 'sqlite' | 'postgres';

export interface Account {
  role: string;
  email: string;
  password: string;
  /** The secret of the authenticator app, in Base32. */
  totp_secret: string;
  centre: string | null;
  sees: string;
}

export interface Portal {
  origin: string;
  data: string;
  accounts: Account[];
  /** What the server has written so far. */
  log(): string;
  stop(): Promise<void>;
}

export interface Wishes {
  /** By what the browser calls it; passkeys need a name, such as `localhost`. */
  host?: string;
  /** What the settings file holds. */
  settings?: string;
}

export async function start(engine: Engine, { host = '127.0.0.1', settings }: Wishes = {}): Promise<Portal> {
  const database = engine === 'postgres' ? await freshDatabase() : undefined;
  const data = await mkdtemp(join(tmpdir(), 'designated-centres-browser-'));
  const listen = `127.0.0.1:${await freePort()}`;
  const origin = `http://${host}:${listen.split(':')[1]}`;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DESIGNATED_CENTRES_')));
  const more = database ? ['--database-url', database.url] : [];
  if (settings) {
    await writeFile(join(data, 'settings.toml'), settings);
    more.push('--settings', join(data, 'settings.toml'));
  }
  const server = spawn(
    process.env.SERVER_BIN!,
    ['serve', '--demo', '--now', NOW, '--data', data, '--listen', listen, '--origin', origin, ...more],
    { env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  try {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the portal did not answer within 60 s\n${log}`)), 60_000);
      const hear = (text: Buffer) => {
        log += text.toString();
        if (log.includes('The portal answers on')) {
          clearTimeout(late);
          resolve();
        }
      };
      server.stdout.on('data', hear);
      server.stderr.on('data', hear);
      server.once('error', reject);
      server.once('exit', (code) => reject(new Error(`the portal ended at once (${code})\n${log}`)));
    });
  } catch (error) {
    server.kill('SIGKILL');
    await rm(data, { recursive: true, force: true });
    await database?.drop();
    throw error;
  }
  const { accounts } = JSON.parse(await readFile(join(data, 'demo.json'), 'utf8')) as { accounts: Account[] };
  return {
    origin,
    data,
    accounts,
    log: () => log,
    async stop() {
      server.kill('SIGTERM');
      const insist = setTimeout(() => server.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(insist);
      await rm(data, { recursive: true, force: true });
      await database?.drop();
    },
  };
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

async function freshDatabase() {
  const base = process.env.POSTGRES_URL;
  if (!base) {
    throw new Error('POSTGRES_URL is not set. `cargo xtask test --only browser` starts a throw-away PostgreSQL and sets it.');
  }
  const name = `browser_${randomBytes(6).toString('hex')}`;
  const run = (sql: string) => promisify(execFile)('psql', ['--no-psqlrc', '--quiet', '-v', 'ON_ERROR_STOP=1', '-c', sql, base]);
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(base);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}
