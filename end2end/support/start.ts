// Starts the demo once for all tests, unless ATONIX_URL and ATONIX_LOGINS name one that runs.
// Tests against a real cloud start servers of their own.
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

export default async function start(): Promise<void> {
  if (process.env.ATONIX_REAL_CLOUD || (process.env.ATONIX_URL && process.env.ATONIX_LOGINS)) return;
  const program = process.env.ATONIX_BIN;
  if (!program) throw new Error('ATONIX_BIN must name the program to test');
  const data = mkdtempSync(join(tmpdir(), 'atonix-e2e-'));
  const port = await freePort();
  const log: string[] = [];
  const child = spawn(program, ['demo', '--json', '--listen', `127.0.0.1:${port}`, '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.on('data', (chunk: Buffer) => log.push(chunk.toString()));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}:\n${log.join('')}`)));
  });
  process.env.ATONIX_LOGINS = line;
  process.env.ATONIX_URL = JSON.parse(line).url;
  process.env.ATONIX_PID = String(child.pid);
  process.env.ATONIX_DATA = data;
  child.once('exit', () => writeFileSync(join(data, 'log'), log.join('')));
}
