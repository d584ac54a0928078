// Starts a demo, asks it from 32 callers at once, prints requests per second and how long they took.
// bench.mjs PROGRAM DATA-FOLDER SECONDS
import { spawn } from 'node:child_process'
import http from 'node:http'
import readline from 'node:readline'

const [program, data, seconds] = process.argv.slice(2)
const callers = 32
const agent = new http.Agent({ keepAlive: true, maxSockets: callers })

const demo = spawn(program, ['demo', '--listen', '127.0.0.1:0', '--data', data, '--json'], {
  stdio: ['ignore', 'pipe', 'ignore'],
})
const ended = new Promise((resolve) => demo.once('exit', resolve))
const ready = await Promise.race([
  new Promise((resolve) => readline.createInterface({ input: demo.stdout }).once('line', resolve)),
  ended.then((code) => Promise.reject(new Error(`the demo ended with ${code}`))),
])
const { url, member } = JSON.parse(ready)

function ask(method, path, body, signedIn = true) {
  const began = performance.now()
  const headers = { accept: signedIn ? 'application/json' : 'text/html' }
  if (signedIn) headers.authorization = `Bearer ${member.token}`
  const text = body && JSON.stringify(body)
  if (text) Object.assign(headers, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  return new Promise((resolve, reject) => {
    const request = http.request(new URL(path, url), { method, headers, agent }, (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () =>
        resolve({ status: answer.statusCode, ms: performance.now() - began, text: Buffer.concat(parts).toString() }))
    })
    request.on('error', reject)
    request.end(text)
  })
}

async function measure(name, once) {
  const until = performance.now() + seconds * 1000
  const times = []
  const statuses = {}
  let number = 0
  const began = performance.now()
  await Promise.all(Array.from({ length: callers }, async () => {
    while (performance.now() < until) {
      const { status, ms } = await once(number++)
      times.push(ms)
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  }))
  const took = (performance.now() - began) / 1000
  times.sort((a, b) => a - b)
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1)
  console.log([name.padEnd(28), (times.length / took).toFixed(0).padStart(8), at(0.5).padStart(9), at(0.99).padStart(9),
    '  ' + JSON.stringify(statuses)].join(' '))
}

const place = { workspace_id: 'devops-team', environment_id: 'dev' }
const query = new URLSearchParams(place)
try {
  console.log('request                       per second    p50 ms    p99 ms   statuses')
  await measure('sign-in page', () => ask('GET', '/sign-in', undefined, false))
  await measure('workspaces', () => ask('GET', '/api/services/workspaces/'))
  await measure('inventory', () => ask('GET', `/api/services/provision/resources/?${query}`))
  // Beyond the quota these are refusals, which go the same way up to the reservation.
  await measure('create a volume of 1 GB', (number) =>
    ask('POST', '/api/services/provision/storage/volume/', { ...place, name: `bench-${number}`, size_gb: 1 }))
} finally {
  demo.kill('SIGTERM')
  await ended
}
