// Programs that the bench starts: they end with it, however it ends.
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'

const running = new Set()
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) process.on(signal, () => process.exit(code))

function begin(program, args, options) {
  const child = spawn(program, args, options)
  running.add(child)
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? signal))
  }).finally(() => running.delete(child))
  return { child, ended }
}

/** Runs a program to its end: its code, and what it said on standard output. */
export async function run(program, args, { input = '', env, cwd, echo = false } = {}) {
  const { child, ended } = begin(program, args, { env, cwd, stdio: ['pipe', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text
    if (echo) process.stderr.write(text)
  })
  const closed = new Promise((resolve) => child.stdout.once('close', resolve))
  child.stdin.on('error', () => {}).end(input)
  const code = await ended
  await closed
  return { code, said }
}

/** What a program says that must succeed. */
export async function output(program, args, options) {
  const { code, said } = await run(program, args, options)
  if (code !== 0) throw new Error(`${program} ${args[0]} ended with ${code}: ${said}`)
  return said
}

/** Starts a server that writes its log to a file, and waits until `ready` answers. */
export async function serve(program, args, { env, cwd, log, ready }) {
  const file = openSync(log, 'a')
  const { child, ended } = begin(program, args, { env, cwd, stdio: ['ignore', file, file] })
  closeSync(file)
  let gone = false
  ended.then(() => (gone = true), () => (gone = true))
  for (let tries = 0; tries < 600; tries += 1) {
    if (gone) break
    if (await fetch(ready).then((answer) => answer.ok, () => false)) {
      return {
        pid: child.pid,
        stop: async () => {
          child.kill('SIGTERM')
          await ended
        },
      }
    }
    await pause(100)
  }
  throw new Error(`${program} ${args[0]} does not get ready:\n${readFileSync(log, 'utf8').slice(-2000)}`)
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** A loopback port that was free a moment ago. */
export const freePort = () => new Promise((resolve, reject) => {
  const server = createServer().on('error', reject)
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => resolve(port))
  })
})

/** Resident memory of a process now, in MiB. */
export function resident(pid) {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB$/m)
  return Number(line[1]) / 1024
}

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export const say = (text) => process.stderr.write(`bench: ${text}\n`)
