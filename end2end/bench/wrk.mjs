// Load: wrk with so many clients, each of which asks again as soon as it is answered.
import { fileURLToPath } from 'node:url'
import { output } from './program.mjs'

const script = fileURLToPath(new URL('percentiles.lua', import.meta.url))

/** Milliseconds of p50, p95, p99 and the slowest; requests a second; requests that were not answered well. */
export async function load(url, { headers = {}, seconds = 1, clients = 8 } = {}) {
  const said = await output('wrk', [
    '--threads', String(Math.min(2, clients)), '--connections', String(clients), '--duration', `${seconds}s`,
    '--timeout', '10s', '--script', script,
    ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    String(url),
  ])
  const line = said.split('\n').findLast((one) => one.startsWith('{'))
  if (!line) throw new Error(`wrk said nothing of ${url}:\n${said}`)
  const { requests, seconds: took, p50, p95, p99, max, bytes, errors } = JSON.parse(line)
  // What takes longer than it was asked for has no figures yet.
  if (requests === 0 && seconds < 10) return load(url, { headers, seconds: 10, clients })
  return { p50, p95, p99, max, requests, seconds: took, perSecond: requests / took, bytes, errors }
}
