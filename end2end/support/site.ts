// The program on a real cloud, set up through its command line, on SQLite or in a schema of its own on PostgreSQL.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './start';

export type Database = 'sqlite' | 'postgres';
export const password = 'correct horse battery staple';

const required = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} must be set: see scripts/with-cloud`);
  return value;
};

export class Site {
  private constructor(
    readonly url: string,
    private readonly data: string,
    private readonly server: ChildProcess,
  ) {}

  /** `devops-team/staging` bound to its project in RegionOne, the operator olga, and a server that is ready. */
  static async start(database: Database): Promise<Site> {
    const data = mkdtempSync(join(tmpdir(), 'atonix-real-'));
    const program = required('ATONIX_BIN');
    const port = await freePort();
    const env = {
      HOME: data,
      PATH: '/usr/bin:/bin',
      SECRET_KEY: randomUUID() + randomUUID(),
      DATABASE_URL: database === 'sqlite' ? `sqlite://${data}/atonix.db` : schema(),
      OS_AUTH_URL: required('OS_AUTH_URL'),
      OS_USERNAME: required('OS_USERNAME'),
      OS_PASSWORD: required('OS_PASSWORD'),
    };
    const run = (args: string[], input = ''): string =>
      execFileSync(program, args, { env, cwd: data, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'] });
    run(['user', 'create', 'olga', '--password-stdin'], password);
    run(['binding', 'create', 'devops-team', 'staging', '--project', 'devops-staging-9a3f', '--region', 'RegionOne',
      '--vcpus', '50', '--ram-gb', '200', '--storage-gb', '2000', '--create-workspace', '--owner', 'olga']);
    const log = openSync(join(data, 'log'), 'w');
    const server = spawn(program, ['serve', '--listen', `127.0.0.1:${port}`], { env, cwd: data, stdio: ['ignore', log, log] });
    const site = new Site(`http://127.0.0.1:${port}`, data, server);
    for (let waited = 0; waited < 300; waited += 1) {
      const ready = await fetch(`${site.url}/readyz`).then((answer) => answer.ok, () => false);
      if (ready) return site;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the server does not get ready:\n${readFileSync(join(data, 'log'), 'utf8')}`);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.server.once('exit', resolve));
    this.server.kill('SIGTERM');
    await ended;
    rmSync(this.data, { recursive: true, force: true });
  }
}

function schema(): string {
  const url = required('ATONIX_TEST_POSTGRES');
  const name = `real_${randomUUID().replaceAll('-', '')}`;
  execFileSync('psql', [url, '-qc', `CREATE SCHEMA ${name}`]);
  return `${url}${url.includes('?') ? '&' : '?'}options=-csearch_path%3D${name}`;
}
